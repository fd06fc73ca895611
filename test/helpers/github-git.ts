// GitHub's API for Git data over a bare repository on this machine.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonObject, type JsonObject, parseJson } from "../../src/lib/json.ts";
import { gitIn } from "./git-records.ts";

/** Why a request is refused. */
class Refusal extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** What a request is answered with: JSON, or a text as it is. */
type Given = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

/** What git says of objects by their ids alone. */
const OF_OBJECTS = ["cat-file", "show", "ls-tree", "mktree", "hash-object", "merge-base"];

/** So that tests with few refs have several pages. */
const PER_PAGE = 5;

/**
 * Answers as https://docs.github.com/en/rest/git says, for the repository that has this name there. One request at a
 * time, so that each is atomic as GitHub's are.
 */
export function githubGit(repository: string, token: string, name = "acme/shop") {
	const objects = new Map<string, string>();
	const git: Git = (args, input) => {
		// Objects never change, and a program for each of them takes its time.
		const key = JSON.stringify([args, input]);
		const isObject = OF_OBJECTS.includes(args[0] ?? "");
		const given = (isObject ? objects.get(key) : undefined) ?? gitOr422(repository, args, input);
		if (isObject && !given.endsWith(" missing")) objects.set(key, given);
		return given;
	};
	return (request: IncomingMessage, response: ServerResponse): void => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const base = `http://${request.headers.host}/repos/${name}/`;
			const [status, body, headers] = answerTo(git, token, base, request, Buffer.concat(chunks).toString());
			const isRaw = typeof body === "string";
			response.writeHead(status, { "content-type": isRaw ? "text/plain" : "application/json", ...headers });
			response.end(isRaw ? body : JSON.stringify(body));
		});
	};
}

function answerTo(git: Git, token: string, base: string, request: IncomingMessage, text: string): Given {
	const url = new URL(request.url ?? "", base);
	const body = parseJson(text);
	try {
		if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, "Bad credentials");
		if (!url.href.startsWith(base)) throw new Refusal(404, "Not Found");
		const path = decodeURIComponent(url.pathname).slice(new URL(base).pathname.length);
		return route(git, base, `${request.method} ${path}`, url, isJsonObject(body) ? body : {});
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return [error.status, { message: error.message }];
	}
}

type Git = (args: readonly string[], input?: string) => string;

function gitOr422(repository: string, args: readonly string[], input?: string): string {
	try {
		return gitIn(repository, args, input);
	} catch {
		throw new Refusal(422, "Validation Failed");
	}
}

function route(git: Git, base: string, what: string, url: URL, body: JsonObject): Given {
	const [, verb = "", rest = ""] =
		/^(\w+ (?:git\/matching-refs|git\/refs|git\/ref|git\/commits|git\/trees|contents))\/?(.*)$/.exec(what) ?? [];
	const { sha, message, tree } = body;
	switch (verb) {
		case "GET git/matching-refs": {
			const all = refsOf(git, `refs/${rest.replace(/\/$/, "")}`);
			const page = Number(url.searchParams.get("page") ?? 1);
			const link = `<${base}git/matching-refs/${rest}?page=${page + 1}>; rel="next"`;
			const items = all.slice((page - 1) * PER_PAGE, page * PER_PAGE);
			return [200, items, all.length > page * PER_PAGE ? { link } : {}];
		}
		case "GET git/ref": {
			const found = refsOf(git, `refs/${rest}`).find(({ ref }) => ref === `refs/${rest}`);
			if (found === undefined) throw new Refusal(404, "Not Found");
			return [200, found];
		}
		case "GET git/commits": {
			if (typeOf(git, rest) !== "commit") throw new Refusal(404, "Not Found");
			const [id, ...lines] = git(["show", "-s", "--format=%T%n%B", rest]).split("\n");
			return [200, { sha: rest, message: lines.join("\n").trim(), tree: { sha: id } }];
		}
		case "GET contents": {
			const object = `${url.searchParams.get("ref")}:${rest}`;
			if (typeOf(git, object) !== "blob") throw new Refusal(404, "Not Found");
			return [200, git(["cat-file", "blob", object])];
		}
		case "POST git/trees":
			return [201, { sha: newTree(git, body["base_tree"], tree) }];
		case "POST git/commits": {
			const { parents } = body;
			const given = (Array.isArray(parents) ? parents : []).flatMap((parent) => ["-p", String(parent)]);
			return [201, { sha: git(["commit-tree", String(tree), ...given, "-m", String(message)]) }];
		}
		case "POST git/refs":
			if (refsOf(git, String(body["ref"])).length > 0) throw new Refusal(422, "Reference already exists");
			git(["update-ref", String(body["ref"]), String(sha), ""]);
			return [201, {}];
		case "PATCH git/refs": {
			const [found] = refsOf(git, `refs/${rest}`);
			if (found === undefined) throw new Refusal(422, "Reference does not exist");
			const isForward = git(["merge-base", found.object.sha, String(sha)]) === found.object.sha;
			if (body["force"] !== true && !isForward) throw new Refusal(422, "Update is not a fast forward");
			git(["update-ref", found.ref, String(sha)]);
			return [200, {}];
		}
		case "DELETE git/refs":
			if (refsOf(git, `refs/${rest}`).length === 0) throw new Refusal(422, "Reference does not exist");
			git(["update-ref", "-d", `refs/${rest}`]);
			return [204, ""];
		default:
			throw new Refusal(404, "Not Found");
	}
}

/** Those whose names begin with a text. */
function refsOf(git: Git, prefix: string) {
	const lines = git(["for-each-ref", "--format=%(refname) %(objectname)"]).split("\n");
	return lines.flatMap((line) => {
		const [ref = "", sha = ""] = line.split(" ");
		return ref !== "" && ref.startsWith(prefix) ? [{ ref, object: { sha } }] : [];
	});
}

function typeOf(git: Git, object: string): string {
	return git(["cat-file", "--batch-check=%(objecttype)"], `${object}\n`);
}

function newTree(git: Git, base: unknown, entries: unknown): string {
	const before = typeof base === "string" ? git(["ls-tree", base]).split("\n") : [];
	const tree = new Map(before.map((line) => [line.split("\t")[1] ?? "", line]));
	for (const entry of Array.isArray(entries) ? entries : []) {
		const blob = git(["hash-object", "-w", "--stdin"], String(entry.content));
		tree.set(entry.path, `100644 blob ${blob}\t${entry.path}`);
	}
	return git(["mktree"], `${[...tree.values()].join("\n")}\n`);
}
