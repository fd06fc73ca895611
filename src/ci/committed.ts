// A checkout's files as far as a commit has them: proved by the commit's own hash, since a .git folder can say anything.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ask, FileRead, Files } from "../ports.ts";
import { inside } from "./inside.ts";

/** By these git would fetch a missing object, and settings that came with the folder make any program one of them. */
const TRANSPORTS = ["ext", "fd", "file", "ftp", "ftps", "git", "http", "https", "ssh"];

/**
 * A stranger may have written the repository with all its settings, so git only reads objects, and in a `.git` only. Whose
 * folder it is says nothing then; in a container it is another user's.
 */
const CAREFULLY = [
	"--no-pager",
	...["safe.bareRepository=explicit", "safe.directory=*", "protocol.allow=never"].flatMap((setting) => ["-c", setting]),
	...TRANSPORTS.flatMap((name) => ["-c", `protocol.${name}.allow=never`]),
];

type Git = (...args: readonly string[]) => Promise<string | undefined>;

/**
 * Reads files of a checkout whose HEAD is `commit`, and only those that are as the commit has them; undefined for any
 * other folder. A file outside of the workspace is read as it is.
 */
export async function committedFiles(
	workspace: string,
	commit: string,
	files: Files,
	ask: Ask,
): Promise<Files | undefined> {
	// Windows looks for a program in the current folder first, and in the workspace a git.exe may lie ready.
	const elsewhere = dirname(fileURLToPath(import.meta.url));
	const git: Git = (...args) => ask("git", ["-C", workspace, ...CAREFULLY, ...args], elsewhere);
	if (commit === "" || (await git("rev-parse", "--verify", "HEAD")) !== commit) return undefined;
	const read = async (path: string, limit: number): Promise<FileRead> => {
		const name = await inside(workspace, path, files);
		const found = await files.read(path, limit);
		if (name === undefined || found.kind === "unreadable") return found;
		const blob = await blobOf(name, commit, git);
		const isSame =
			found.kind === "missing" ? blob === ABSENT : blob !== undefined && spellings(found.bytes, blob).includes(blob);
		return isSame ? found : { kind: "unreadable", detail: `it is not as commit ${commit.slice(0, 7)} has it` };
	};
	return { ...files, read };
}

/** Instead of a file's id. */
const ABSENT = "absent";

/** The id of a file in a commit, or {@link ABSENT}; undefined where what is here proves neither. */
async function blobOf(name: string, commit: string, git: Git): Promise<string | undefined> {
	const text = await git("cat-file", "commit", commit);
	if (text === undefined) return undefined;
	// What git says comes trimmed; a message ends in a line break, or in none where it was written on a web page.
	const whole = ["\n", ""]
		.map((end) => text + end)
		.find((body) => idOf("commit", Buffer.from(body), commit) === commit);
	const tree = /^tree ([0-9a-f]+)\n/.exec(whole ?? "")?.[1];
	return tree === undefined ? undefined : findIn(tree, name.split("/"), git);
}

async function findIn(tree: string, [first = "", ...rest]: readonly string[], git: Git): Promise<string | undefined> {
	const entries = await readTree(tree, git);
	if (entries === undefined) return undefined;
	const entry = entries.get(first);
	const isLast = rest.length === 0;
	// What is neither is a symbolic link or a submodule.
	if (entry === undefined || !(isLast ? /^100/ : /^40000$/).test(entry.mode)) return ABSENT;
	return isLast ? entry.id : findIn(entry.id, rest, git);
}

type Entries = ReadonlyMap<string, { readonly mode: string; readonly id: string }>;

/** The entries of a tree object; undefined where they are not the ones that its id stands for. */
async function readTree(tree: string, git: Git): Promise<Entries | undefined> {
	const text = await git("ls-tree", "--full-tree", "-z", tree);
	const matches = [...(text ?? "").matchAll(/0*(\d+) [a-z]+ ([0-9a-f]+)\t([^\0]+)\0/gy)];
	const entries = matches.map(([, mode = "", id = "", name = ""]) => ({ mode, id, name }));
	const raw = entries.flatMap(({ mode, id, name }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
	if (idOf("tree", Buffer.concat(raw), tree) !== tree) return undefined;
	return new Map(entries.map(({ name, ...entry }) => [name, entry]));
}

/** The ids of a file as it is, and as it was before git wrote it with the line ends of Windows. */
function spellings(bytes: Uint8Array, like: string): readonly string[] {
	const body = Buffer.from(bytes);
	const unix = Buffer.from(body.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
	return [idOf("blob", body, like), idOf("blob", unix, like)];
}

/** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects; SHA-256 in repositories whose ids are longer. */
function idOf(kind: string, body: Buffer, like: string): string {
	const hash = createHash(like.length === 64 ? "sha256" : "sha1");
	return hash.update(`${kind} ${body.length}\0`).update(body).digest("hex");
}
