// Every Node that is at hand, for what must run on the older ones too.
import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A Node with its version, `v24.1.0`. */
export interface Node {
	readonly version: string;
	readonly path: string;
}

/** Every Node on the path, each once; the tests' own is among them. */
export function nodes(): readonly Node[] {
	const folders = (process.env["PATH"] ?? "").split(delimiter);
	const found = folders.flatMap((folder) => {
		try {
			return [realpathSync(join(folder, "node"))];
		} catch {
			return [];
		}
	});
	const paths = [...new Set([process.execPath, ...found])];
	return paths.map((path) => ({ path, version: execFileSync(path, ["--version"], { encoding: "utf8" }).trim() }));
}
