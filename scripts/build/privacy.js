/**
 * The program that makes every file in a directory private to its owner from its creation on, whatever umask its creator
 * has, on Linux: it gives the directory a default ACL (acl(5)), which takes the place of the umask there. Jobs write
 * their result and error files themselves, with their own umask. To create these files before each job would cost it
 * more than its fork.
 *
 *   exit(-setxattr(argv[1], "system.posix_acl_default", ACL, sizeof ACL, 0))
 */
import { words } from "./elf.js";

/** An ACL as the kernel reads it: version 2, then tag, permissions and id of each entry. */
const ACL = Buffer.alloc(28);
ACL.writeUInt32LE(2, 0);
const ENTRIES = [
  [0x01, 7], // the owner: all that the creator of a file asks for
  [0x04, 0], // its group: nothing
  [0x20, 0], // all others: nothing
];
for (const [index, [tag, permissions]] of ENTRIES.entries()) {
  ACL.writeUInt16LE(tag, 4 + index * 8);
  ACL.writeUInt16LE(permissions, 6 + index * 8);
  ACL.writeUInt32LE(0xffffffff, 8 + index * 8);
}

/** Behind the code, at an address that is a multiple of 4. */
const NAME = Buffer.from("system.posix_acl_default\0\0\0\0");
const DATA = [...NAME, ...ACL];

export const PRIVACY = {
  x64: [
    [0x48, 0x8b, 0x7c, 0x24, 0x10], // mov rdi, [rsp+16] (argv[1])
    [0x48, 0x8d, 0x35, 34, 0, 0, 0], // lea rsi, [rip+34] (NAME)
    [0x48, 0x8d, 0x15, 27 + NAME.length, 0, 0, 0], // lea rdx, [rip+27+28] (ACL)
    [0x41, 0xba, ACL.length, 0, 0, 0], // mov r10d, 28
    [0x45, 0x31, 0xc0], // xor r8d, r8d
    [0xb8, 188, 0, 0, 0], // mov eax, 188 (setxattr)
    [0x0f, 0x05], // syscall
    [0x89, 0xc7], // mov edi, eax
    [0xf7, 0xdf], // neg edi
    [0xb8, 60, 0, 0, 0], // mov eax, 60 (exit)
    [0x0f, 0x05], // syscall
    DATA,
  ].flat(),
  arm64: [
    ...words([
      0xf9400be0, // ldr x0, [sp, #16] (argv[1])
      0x10000121, // adr x1, NAME
      0x100001e2, // adr x2, ACL
      0xd2800383, // mov x3, #28
      0xd2800004, // mov x4, #0
      0xd28000a8, // mov x8, #5 (setxattr)
      0xd4000001, // svc #0
      0x4b0003e0, // neg w0, w0
      0xd2800ba8, // mov x8, #93 (exit)
      0xd4000001, // svc #0
    ]),
    ...DATA,
  ],
};
