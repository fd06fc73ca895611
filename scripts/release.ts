// Makes the files of a release: `node scripts/release.ts v0.1.0 FOLDER`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the command loads, and nothing of the action. */
const COMMAND = [
	"LICENSE",
	...readdirSync("dist")
		.filter((name) => name !== "action" && name !== "verify")
		.map((name) => `dist/${name}`),
];

const [tag = "", folder = ""] = process.argv.slice(2);
const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));
if (tag !== `v${version}`) fail(`the tag ${tag} is not the version of package.json, which is ${version}`);
if (folder === "") fail("a folder for the files is required");
mkdirSync(folder, { recursive: true });

const archive = `pipeline-hooks-${tag}.tar.gz`;
writeFileSync(join(folder, "notes.md"), notes());
writeFileSync(join(folder, archive), pack());
writeFileSync(join(folder, "SHA256SUMS"), `${sha256(join(folder, archive))}  ${archive}\n`);
writeFileSync(join(folder, "sbom.cdx.json"), billOfMaterials());

/** The section of the changelog. */
function notes(): string {
	const section = readFileSync("CHANGELOG.md", "utf8")
		.split(/^(?=## )/m)
		.find((text) => text.startsWith(`## [${version}] - `));
	return section?.replace(/^.*\n+/, "") ?? fail(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD"`);
}

/** The same bytes whenever and wherever it is made of the same files. */
function pack(): Buffer {
	const entries = ["--sort=name", "--transform=s,^,pipeline-hooks/,", ...COMMAND];
	const metadata = [
		"--format=ustar",
		"--mtime=@0",
		"--owner=0",
		"--group=0",
		"--numeric-owner",
		"--mode=a+rX,u+w,go-w",
	];
	const tar = execFileSync("tar", ["--create", ...metadata, ...entries], { maxBuffer: 2 ** 28 });
	return execFileSync("gzip", ["--no-name", "--best"], { input: tar, maxBuffer: 2 ** 28 });
}

/** CycloneDX, of the packages that are bundled. */
function billOfMaterials(): string {
	const args = [
		"sbom",
		"--sbom-format=cyclonedx",
		"--sbom-type=application",
		"--package-lock-only",
		"--omit=dev",
		"--omit=optional",
	];
	return execFileSync("npm", args, { encoding: "utf8", maxBuffer: 2 ** 26 });
}

function sha256(file: string): string {
	return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function fail(message: string): never {
	process.stderr.write(`${message}\n`);
	process.exit(1);
}
