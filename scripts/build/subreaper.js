/**
 * The program that starts a launcher on Linux: it makes itself a child subreaper and becomes the program that its arguments
 * name. From then on every process that a command leaves behind, whatever it does to its session, group and environment, becomes
 * a child of the launcher instead of one of the system's first process, so it can be found (prctl(2), PR_SET_CHILD_SUBREAPER; the
 * setting survives execve).
 *
 * Node has no call for that and a user has no compiler, but it takes two system calls: about thirty instructions, written down
 * here, in an ELF file of two hundred bytes (elf.js).
 *
 *   prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
 *   execve(argv[1], &argv[1], envp)
 *   exit(127)
 */
import { words } from "./elf.js";

/** Its code, by what `process.arch` calls the machine. */
export const SUBREAPER = {
  x64: [
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
  arm64: words([
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
  ]),
};
