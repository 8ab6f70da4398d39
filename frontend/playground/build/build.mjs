// vendor.js, and the licences of all that is in it: npm ci && node build.mjs FOLDER
import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [folder] = process.argv.slice(2);
const { metafile } = await build({
  entryPoints: ["vendor.mjs"],
  outfile: `${folder}/vendor.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  metafile: true,
});
const packages = new Set(Object.keys(metafile.inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
packages.delete(undefined);
const licences = [...packages].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  const file = ["LICENSE", "LICENSE.md"].map((base) => `node_modules/${name}/${base}`).find(existsSync);
  return `${name} ${version} (${license})\n\n${file ? readFileSync(file, "utf8").trim() : ""}\n`;
});
writeFileSync(`${folder}/vendor.txt`, licences.join("\n\n"));
