// Commits as git's own programs write and read them, very many in one process.
import type { StoreFailure } from "../../model/store.ts";
import type { Ref, RefChange } from "../refs.ts";
import type { Git } from "./git.ts";

/** What a new commit is made of, and the branch of ours that points to it. */
export interface NewCommit extends Pick<RefChange, "from"> {
	readonly branch: string;
	readonly to: NonNullable<RefChange["to"]>;
}

/** The same for all, so that no name of a person or a machine is kept. */
const AUTHOR = "pipeline-hooks <pipeline-hooks@invalid>";

/** Makes commits, and gives their ids. https://git-scm.com/docs/git-fast-import */
export async function writeCommits(git: Git, commits: readonly NewCommit[]): Promise<readonly string[] | StoreFailure> {
	if (commits.length === 0) return [];
	const marks = commits.map((_, at) => `get-mark :${at + 1}\n`);
	const ran = await git.run(
		["fast-import", "--quiet", "--date-format=now"],
		[...commits.map(commitText), ...marks].join(""),
	);
	if ("problem" in ran) return ran;
	const ids = ran.stdout.toString().split("\n").filter(Boolean);
	return ran.code === 0 && ids.length === commits.length ? ids : { problem: `git fast-import: ${ran.stderr.trim()}` };
}

function commitText({ branch, from, to }: NewCommit, at: number): string {
	const files = Object.entries(to.files).map(([name, text]) => `M 100644 inline ${name}\n${dataText(text)}`);
	return [
		`commit ${branch}\nmark :${at + 1}\ncommitter ${AUTHOR} now\n`,
		dataText(to.message),
		from === undefined ? "" : `from ${from}\n`,
		...files,
	].join("");
}

function dataText(text: string): string {
	return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Reads the messages and files of commits. Anything but a commit has no message and no files. */
export async function readCommits(
	git: Git,
	refs: readonly Pick<Ref, "name" | "revision">[],
	files: readonly string[],
): Promise<readonly Ref[] | StoreFailure> {
	if (refs.length === 0) return [];
	const asked = refs.flatMap(({ revision }) => [revision, ...files.map((file) => `${revision}:${file}`)]);
	const ran = await git.run(["cat-file", "--batch", "--buffer"], `${asked.join("\n")}\n`);
	if ("problem" in ran) return ran;
	const found = objects(ran.stdout);
	if (found.length !== asked.length) return { problem: `git cat-file: ${ran.stderr.trim()}` };
	const width = 1 + files.length;
	return refs.map(({ name, revision }, at) => {
		const [commit, ...texts] = found.slice(at * width, (at + 1) * width);
		const there = files.flatMap((file, n) => {
			const object = texts[n];
			return object?.type === "blob" ? [[file, object.text] as const] : [];
		});
		return { name, revision, message: messageOf(commit), files: Object.fromEntries(there) };
	});
}

interface GitObject {
	readonly type: string;
	readonly text: string;
}

const LINE_END = 0x0a;

/** `ID TYPE SIZE`, a line end, the object, a line end; or one line that says that it is missing. */
function objects(output: Buffer): readonly GitObject[] {
	const found: GitObject[] = [];
	for (let at = 0; at < output.length; ) {
		const end = output.indexOf(LINE_END, at);
		const [, type, size] = /^[0-9a-f]+ ([a-z]+) (\d+)$/.exec(output.toString("utf8", at, end)) ?? [];
		const length = Number(size ?? 0);
		found.push({ type: type ?? "missing", text: output.toString("utf8", end + 1, end + 1 + length) });
		at = type === undefined ? end + 1 : end + 1 + length + 1;
	}
	return found;
}

/** What comes after the headers of a commit. */
function messageOf(object: GitObject | undefined): string {
	if (object?.type !== "commit") return "";
	return object.text.slice(object.text.indexOf("\n\n") + 2).trim();
}
