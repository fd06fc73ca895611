// The scope of a record: which config it belongs to, named without showing it.
import { hash } from "node:crypto";
import { basename, dirname, isAbsolute, resolve } from "node:path";

/** Where a config belongs. */
export interface ConfigPlace {
	/** As the config names itself: relative to the workspace where it lies inside. */
	readonly file: string;
	/** Absolute. */
	readonly workspace: string;
	/** `owner/name`, where it is known. */
	readonly repository: string | undefined;
}

/**
 * Hashes of the name of the config file, and of its repository or, outside one, its folder. Several projects may share a
 * store, and have hooks of the same name.
 */
export function scopeOf({ file, workspace, repository }: ConfigPlace): string {
	const folder = dirname(resolve(workspace, file));
	const home = isAbsolute(file) || repository === undefined ? ["folder", folder] : ["repository", repository];
	const [kind = "", name = ""] = home;
	return [short(basename(file)), kind, short(name)].join(":");
}

function short(text: string): string {
	return hash("sha256", text).slice(0, 16);
}

/**
 * Whether what was stored under a scope belongs to a run. Who redelivers without a checkout takes what the jobs of
 * repositories have stored; a run of a repository takes its own only.
 */
export function belongsTo(stored: string, run: string): boolean {
	const [file, kind, home] = stored.split(":");
	const [runFile, runKind, runHome] = run.split(":");
	if (file !== runFile) return false;
	return kind === runKind ? home === runHome : runKind === "folder";
}
