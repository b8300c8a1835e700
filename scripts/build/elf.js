/**
 * Writes a program for Linux without a compiler: an ELF file of a header, one segment that is read and executed, and the
 * code, which the caller gives as bytes. It gets its arguments and its environment from the kernel: at the start the
 * stack pointer is at argc, with argv, a null and envp above it (System V ABI).
 */

/** By what `process.arch` calls it: the machine's number in an ELF header. */
const MACHINES = { x64: 62, arm64: 183 };

export const ARCHITECTURES = Object.keys(MACHINES);

const HEADER_BYTES = 64;
const SEGMENT_HEADER_BYTES = 56;
/** Where the file is put in memory. */
const BASE = 0x400000n;

/** The whole file. */
export function elf(arch, code) {
  const start = HEADER_BYTES + SEGMENT_HEADER_BYTES;
  const file = Buffer.alloc(start + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // magic, 64 bits, little-endian, version
  file.writeUInt16LE(2, 16); // e_type: executable
  file.writeUInt16LE(MACHINES[arch], 18); // e_machine
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

/** The bytes of instructions of 32 bits. */
export function words(list) {
  return list.flatMap((word) => [word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, word >>> 24]);
}
