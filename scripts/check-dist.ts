// Fails if the committed dist/ does not match the sources.
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleInto } from "./bundle.ts";

const scratch = await mkdtemp(join(tmpdir(), "pipeline-hooks-dist-"));
try {
	const fresh = join(scratch, "dist");
	await bundleInto(fresh);
	const stale = await differences(fresh, "dist");
	if (stale.length > 0) {
		process.stderr.write(`dist/ is stale; run "npm run build" and commit the result:\n${stale.join("\n")}\n`);
		process.exitCode = 1;
	}
} finally {
	await rm(scratch, { recursive: true, force: true });
}

/** One line for each file that is missing, left over or different, sorted by name. */
async function differences(expected: string, actual: string): Promise<string[]> {
	const names = new Set([...(await filesOf(expected)), ...(await filesOf(actual))]);
	const lines: string[] = [];
	for (const name of [...names].sort()) {
		const [want, have] = [await fingerprint(join(expected, name)), await fingerprint(join(actual, name))];
		if (have === undefined) lines.push(`  missing    dist/${name}`);
		else if (want === undefined) lines.push(`  left over  dist/${name}`);
		else if (want !== have) lines.push(`  different  dist/${name}`);
	}
	return lines;
}

async function filesOf(directory: string): Promise<string[]> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

/** The content of a file and whether it may be executed, as one comparable text; `undefined` if there is none. */
async function fingerprint(path: string): Promise<string | undefined> {
	try {
		const executable = ((await stat(path)).mode & 0o100) !== 0;
		return `${executable} ${await readFile(path, "latin1")}`;
	} catch {
		return undefined;
	}
}
