// Whether a path lies in the workspace.
import { isAbsolute, relative, sep } from "node:path";
import type { Files } from "../ports.ts";

/**
 * The path from the workspace, with `/`. Undefined for what lies outside by its spelling and, once links are followed,
 * in truth: a second name of the workspace is the workspace.
 */
export async function inside(workspace: string, path: string, files: Files): Promise<string | undefined> {
	return below(workspace, path) ?? below(await files.real(workspace), await files.real(path));
}

function below(folder: string, path: string): string | undefined {
	const way = relative(folder, path).replaceAll(sep, "/");
	const leaves = way === "" || way === ".." || way.startsWith("../") || isAbsolute(way);
	return leaves ? undefined : way;
}
