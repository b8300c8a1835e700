/**
 * The program through which a job starts on Linux if a variable has a name that a shell drops, such as `server.port` or
 * an exported function of bash. A launcher is a shell, so such a variable goes through it under another name
 * (src/system/variable-names.ts). This program gives each its own name back, and becomes the program that its arguments
 * name. Values are in no argument, which every user could read.
 *
 *   for (p = envp; *p; p++) if (*p begins with "QUEUECTL_ENCODED") *p = what stands behind the first '='
 *   execve(argv[1], &argv[1], envp)
 *   exit(127)
 */
import { words } from "./elf.js";

/** How such a variable begins. The two halves of 8 bytes are compared as numbers. */
const MARK = ["QUEUECTL", "_ENCODED"];

const bytesOf = (text) => [...Buffer.from(text)];

/** Loads a half into a register: movz and three movk. */
function load(register, text) {
  const bytes = Buffer.from(text);
  const halves = [0, 1, 2, 3].map((index) => bytes.readUInt16LE(index * 2));
  return halves.map(
    (half, index) => ((index === 0 ? 0xd2800000 : 0xf2800000) | (index << 21) | (half << 5) | register) >>> 0,
  );
}

export const NAMER = {
  x64: [
    [0x48, 0x8b, 0x04, 0x24], // mov rax, [rsp] (argc)
    [0x48, 0x8d, 0x54, 0xc4, 0x10], // lea rdx, [rsp+rax*8+16] (envp)
    [0x48, 0x89, 0xd3], // mov rbx, rdx
    [0x49, 0xb8, ...bytesOf(MARK[0])], // mov r8, MARK[0]
    [0x49, 0xb9, ...bytesOf(MARK[1])], // mov r9, MARK[1]
    [0x48, 0x8b, 0x0b], // next: mov rcx, [rbx]
    [0x48, 0x85, 0xc9], // test rcx, rcx
    [0x74, 29], // jz done
    [0x4c, 0x39, 0x01], // cmp [rcx], r8
    [0x75, 18], // jne skip
    [0x4c, 0x39, 0x49, 0x08], // cmp [rcx+8], r9
    [0x75, 12], // jne skip
    [0x48, 0xff, 0xc1], // find: inc rcx
    [0x80, 0x79, 0xff, 0x3d], // cmp byte [rcx-1], '='
    [0x75, 0xf7], // jne find
    [0x48, 0x89, 0x0b], // mov [rbx], rcx
    [0x48, 0x83, 0xc3, 0x08], // skip: add rbx, 8
    [0xeb, 0xdb], // jmp next
    [0x48, 0x8b, 0x7c, 0x24, 0x10], // done: mov rdi, [rsp+16] (argv[1])
    [0x48, 0x8d, 0x74, 0x24, 0x10], // lea rsi, [rsp+16] (&argv[1])
    [0xb8, 59, 0, 0, 0], // mov eax, 59 (execve)
    [0x0f, 0x05], // syscall
    [0xbf, 127, 0, 0, 0], // mov edi, 127
    [0xb8, 60, 0, 0, 0], // mov eax, 60 (exit)
    [0x0f, 0x05], // syscall
  ].flat(),
  arm64: words([
    0xf94003e9, // ldr x9, [sp] (argc)
    0xf9400be0, // ldr x0, [sp, #16] (argv[1])
    0x910043e1, // add x1, sp, #16 (&argv[1])
    0x8b296fe2, // add x2, sp, x9, lsl #3
    0x91004042, // add x2, x2, #16 (envp)
    0xaa0203ea, // mov x10, x2
    ...load(11, MARK[0]),
    ...load(12, MARK[1]),
    0xf940014d, // next: ldr x13, [x10]
    0xb40001ad, // cbz x13, done
    0xf94001ae, // ldr x14, [x13]
    0xeb0b01df, // cmp x14, x11
    0x54000101, // b.ne skip
    0xf94005ae, // ldr x14, [x13, #8]
    0xeb0c01df, // cmp x14, x12
    0x540000a1, // b.ne skip
    0x384015ae, // find: ldrb w14, [x13], #1
    0x7100f5df, // cmp w14, #'='
    0x54ffffc1, // b.ne find
    0xf900014d, // str x13, [x10]
    0x9100214a, // skip: add x10, x10, #8
    0x17fffff3, // b next
    0xd2801ba8, // done: mov x8, #221 (execve)
    0xd4000001, // svc #0
    0xd2800fe0, // mov x0, #127
    0xd2800ba8, // mov x8, #93 (exit)
    0xd4000001, // svc #0
  ]),
};
