/** The build makes the text of such a file its default export. */
declare module "*.bash" {
  const text: string;

  export { text as default };
}
declare module "*.zsh" {
  const text: string;

  export { text as default };
}
declare module "*.fish" {
  const text: string;

  export { text as default };
}
