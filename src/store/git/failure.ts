// What git says when it fails, in words that tell a person what to do.
import { excerpt } from "../../lib/text.ts";
import type { StoreFailure } from "../../model/store.ts";
import type { Remote } from "./remote.ts";

/** What git names in a sentence, such as a URL, is bounded: the server writes it, and `.*` would take quadratic time. */
const KNOWN: readonly (readonly [said: RegExp, problem: string])[] = [
	[
		/returned error: 403|Permission to .{0,300} denied|Write access to repository not granted/,
		"may not be used with this token (403): the job needs `permissions: contents: write`",
	],
	[
		/returned error: 401|Authentication failed|could not read (Username|Password)|Invalid username or/,
		"does not accept the token (401): give the job `permissions: contents: write`, and the step its github-token",
	],
	[
		/returned error: 404|[Rr]epository .{0,300}not found|does not appear to be a git repository|not a git repository/,
		"is not there, or the token may not see it (404)",
	],
	[/returned error: 30\d|unable to update url base from redirection/, "has moved: give the store its new URL"],
	[
		/certificate (verification failed|problem)/,
		"has a certificate that git does not trust: name the file of its authority in GIT_SSL_CAINFO",
	],
	[/dubious ownership/, "belongs to another user, and git refuses it"],
];

/** What passes by itself: the network, and a server that is being restarted. */
const PASSES =
	/Could not resolve|[Cc]onnect|timed out|unexpected disconnect|early EOF|hung up|RPC failed|returned error: (5\d\d|429)|SSL|TLS/;

/** Code points of git's own words. */
const QUOTED = 200;

/** Explains what git wrote to stderr. */
export function gitFailure(remote: Remote, stderr: string): StoreFailure {
	const known = KNOWN.find(([said]) => said.test(stderr));
	if (known === undefined) return { problem: `${remote.url}: ${quoted(remote, stderr)}` };
	const server = stderr.split("\n").filter((line) => line.startsWith("remote: "));
	const why = server.length === 0 ? "" : `; it says: ${quoted(remote, server.join("\n"))}`;
	return { problem: `${remote.url} ${known[1]}${why}` };
}

/** Whether the same request may succeed a moment later. */
export function passes(stderr: string): boolean {
	return PASSES.test(stderr) && !KNOWN.some(([said]) => said.test(stderr));
}

/** The lines that say what is wrong, without secrets. */
export function quoted({ secrets }: Remote, text: string): string {
	const lines = text
		.split("\n")
		.filter((line) => /^(fatal|error|remote): ?./.test(line) && !/^error: failed to/.test(line));
	const said =
		lines.length === 0 ? text : lines.map((line) => line.replace(/^(fatal|error|remote): */, "").trim()).join("; ");
	const masked = secrets.reduce((all, secret) => all.replaceAll(secret, "***"), said);
	return excerpt(masked.replaceAll(/\/\/[^/@\s]*@/g, "//***@"), QUOTED) || "git failed and did not say why";
}
