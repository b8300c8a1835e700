/**
 * The program that starts a launcher on Linux: it makes itself a child subreaper and becomes the program that its arguments
 * name. From then on every process that a command leaves behind, whatever it does to its session, group and environment, becomes
 * a child of the launcher instead of one of the system's first process, so it can be found (prctl(2), PR_SET_CHILD_SUBREAPER; the
 * setting survives execve).
 *
 * Node has no call for that and a user has no compiler, but it takes two system calls: about thirty instructions, written down
 * here, in an ELF file of two hundred bytes.
 *
 *   prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
 *   execve(argv[1], &argv[1], envp)
 *   exit(127)
 *
 * At the start of a process the stack pointer is at argc, with argv, a null and envp above it (System V ABI).
 */
import { writeFile } from "node:fs/promises";

/** By what `process.arch` calls it: the machine's number in an ELF header, and its code. */
const MACHINES = {
  x64: {
    elf: 62,
    code: [
      [0xb8, 157, 0, 0, 0], // mov eax, 157 (prctl)
      [0xbf, 36, 0, 0, 0], // mov edi, PR_SET_CHILD_SUBREAPER
      [0xbe, 1, 0, 0, 0], // mov esi, 1
      [0x31, 0xd2], // xor edx, edx
      [0x4d, 0x31, 0xd2], // xor r10, r10
      [0x4d, 0x31, 0xc0], // xor r8, r8
      [0x0f, 0x05], // syscall
      [0x48, 0x8b, 0x04, 0x24], // mov rax, [rsp] (argc)
      [0x48, 0x8b, 0x7c, 0x24, 0x10], // mov rdi, [rsp+16] (argv[1])
      [0x48, 0x8d, 0x74, 0x24, 0x10], // lea rsi, [rsp+16] (&argv[1])
      [0x48, 0x8d, 0x54, 0xc4, 0x10], // lea rdx, [rsp+rax*8+16] (envp)
      [0xb8, 59, 0, 0, 0], // mov eax, 59 (execve)
      [0x0f, 0x05], // syscall
      [0xbf, 127, 0, 0, 0], // mov edi, 127
      [0xb8, 60, 0, 0, 0], // mov eax, 60 (exit)
      [0x0f, 0x05], // syscall
    ].flat(),
  },
  arm64: {
    elf: 183,
    code: [
      0xd28014e8, // mov x8, #167 (prctl)
      0xd2800480, // mov x0, #PR_SET_CHILD_SUBREAPER
      0xd2800021, // mov x1, #1
      0xd2800002, // mov x2, #0
      0xd2800003, // mov x3, #0
      0xd2800004, // mov x4, #0
      0xd4000001, // svc #0
      0xf94003e9, // ldr x9, [sp] (argc)
      0xf9400be0, // ldr x0, [sp, #16] (argv[1])
      0x910043e1, // add x1, sp, #16 (&argv[1])
      0x8b296fe2, // add x2, sp, x9, lsl #3
      0x91004042, // add x2, x2, #16 (envp)
      0xd2801ba8, // mov x8, #221 (execve)
      0xd4000001, // svc #0
      0xd2800fe0, // mov x0, #127
      0xd2800ba8, // mov x8, #93 (exit)
      0xd4000001, // svc #0
    ].flatMap((word) => [word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, word >>> 24]),
  },
};

export const ARCHITECTURES = Object.keys(MACHINES);

const HEADER_BYTES = 64;
const SEGMENT_HEADER_BYTES = 56;
/** Where the file is put in memory. */
const BASE = 0x400000n;

/** The whole file: a header, one segment that is read and executed, and the code. */
export function subreaper(arch) {
  const { elf, code } = MACHINES[arch];
  const start = HEADER_BYTES + SEGMENT_HEADER_BYTES;
  const file = Buffer.alloc(start + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // magic, 64 bits, little-endian, version
  file.writeUInt16LE(2, 16); // e_type: executable
  file.writeUInt16LE(elf, 18); // e_machine
  file.writeUInt32LE(1, 20); // e_version
  file.writeBigUInt64LE(BASE + BigInt(start), 24); // e_entry
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); // e_phoff
  file.writeUInt16LE(HEADER_BYTES, 52); // e_ehsize
  file.writeUInt16LE(SEGMENT_HEADER_BYTES, 54); // e_phentsize
  file.writeUInt16LE(1, 56); // e_phnum
  file.writeUInt32LE(1, 64); // p_type: load
  file.writeUInt32LE(5, 68); // p_flags: read, execute
  file.writeBigUInt64LE(BASE, 80); // p_vaddr
  file.writeBigUInt64LE(BASE, 88); // p_paddr
  file.writeBigUInt64LE(BigInt(file.length), 96); // p_filesz
  file.writeBigUInt64LE(BigInt(file.length), 104); // p_memsz
  file.writeBigUInt64LE(0x10000n, 112); // p_align: the largest page that either machine has
  file.set(code, start);
  return file;
}

/** One for each architecture, since one package is for all of them. */
export async function writeSubreapers(folder) {
  for (const arch of ARCHITECTURES) await writeFile(`${folder}/subreaper-${arch}`, subreaper(arch), { mode: 0o755 });
}
