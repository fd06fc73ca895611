// Checks the imports in src/: a file imports its own folder and folders below it. Prints every other import.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The folders of src/, and its files without a folder, from the lowest. Those of one rank do not import each other. */
const RANKS: readonly (readonly string[])[] = [
	["lib", "signature"],
	["model"],
	["ports.ts"],
	["net", "shell", "template", "page"],
	["presets", "plan", "ci", "store", "secrets", "manage"],
	["deliver", "config", "report"],
	["records"],
	["run", "entry", "receiver"],
	["commands"],
	["action.ts", "cli.ts"],
];

/** Every import, type import, re-export and `import()` of a file of ours. */
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/** The imports below `root` that the ranks forbid, as `src/net/tls.ts:3 imports src/config/load.ts`, and unknown folders. */
export function upwardImports(root: string): readonly string[] {
	const files = globSync("**/*.ts", { cwd: join(root, "src") });
	return files.toSorted().flatMap((file) => {
		const rank = rankOf(file);
		if (rank < 0) return [`src/${file} is in no folder that scripts/ranks.ts knows`];
		const text = readFileSync(join(root, "src", file), "utf8");
		return Array.from(text.matchAll(IMPORT), ({ 1: path = "", index }) => {
			const imported = relative(".", join(dirname(file), path));
			if (partOf(imported) === partOf(file) || (rankOf(imported) >= 0 && rankOf(imported) < rank)) return [];
			return [`src/${file}:${text.slice(0, index).split("\n").length} imports src/${imported}`];
		}).flat();
	});
}

/** The folder of a file in src/, or the file itself where it has none. */
function partOf(file: string): string {
	return file.split(sep, 1)[0] ?? "";
}

function rankOf(file: string): number {
	return RANKS.findIndex((parts) => parts.includes(partOf(file)));
}

if (import.meta.main) {
	const found = upwardImports(".");
	for (const line of found) process.stderr.write(`${line}: a file imports its own folder and folders below it\n`);
	process.exitCode = found.length === 0 ? 0 : 1;
}
