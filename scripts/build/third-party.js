/** The licences of the packages whose code is in a bundle: their texts go with it, as they demand. */
import { readdir, readFile } from "node:fs/promises";

const HEAD = `This package contains code of the packages below. Each is under the licence that follows its name.\n`;

/**
 * One text for all packages that these bundles are made of, by esbuild's metafiles.
 * @throws Error a package has no licence text
 */
export async function licencesOf(metafiles) {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  folders.delete(undefined);
  const texts = await Promise.all([...folders].sort().map(licenceOf));
  return [HEAD, ...texts].join(`\n${"-".repeat(80)}\n\n`);
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  return `${name} ${version} (${license})\n\n${(await textIn(folder)).trim()}\n`;
}

/** The file for it or, if there is none, that section of the readme. */
async function textIn(folder) {
  const names = await readdir(folder);
  const file = names.find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (file) return readFile(`${folder}/${file}`, "utf8");
  const readme = await readFile(`${folder}/README.md`, "utf8");
  const section = readme.split(/^## /m).find((text) => /^licen[cs]e/i.test(text));
  if (!section?.includes("Permission")) throw new Error(`${folder} has no licence text`);
  return section.replaceAll(/^> ?/gm, "");
}
