// Git's own server over https (`git http-backend`), with a token, on loopback.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { certificate, started } from "./net.ts";
import { workspace } from "./runner.ts";

export interface GitServer {
	/** `https://127.0.0.1:port`; repositories have the names of their folders. */
	readonly url: string;
	/** The file of the certificate, for `GIT_SSL_CAINFO`. */
	readonly ca: string;
	/** `GET /remote.git/info/refs?service=…` of each request so far. */
	readonly requests: readonly string[];
}

/**
 * Serves the repositories of a folder to who sends this header; `refuse` may give a status instead of an answer, or
 * `silence`.
 */
export async function startGitServer(
	root: string,
	authorization: string,
	refuse: (request: IncomingMessage) => number | "silence" | undefined = () => undefined,
): Promise<GitServer> {
	const identity = certificate("IP:127.0.0.1");
	const requests: string[] = [];
	const server = createServer(identity, (request, response) => {
		requests.push(`${request.method} ${request.url}`);
		const status = request.headers.authorization === authorization ? refuse(request) : 401;
		if (status === undefined) void answer(root, request, response);
		else if (status !== "silence")
			response.writeHead(status, { "www-authenticate": "Basic realm=git", location: "/elsewhere" }).end("no");
	});
	const url = (await started(server)).replace("http:", "https:");
	return { url, ca: join(workspace({ "ca.pem": identity.cert }), "ca.pem"), requests };
}

/** https://git-scm.com/docs/git-http-backend#_environment */
async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? "", "https://git.invalid");
	const { "content-type": type, "content-length": length, "content-encoding": encoding } = request.headers;
	const child = spawn("git", ["http-backend"], {
		env: {
			PATH: process.env["PATH"],
			GIT_CONFIG_NOSYSTEM: "1",
			GIT_CONFIG_GLOBAL: "/dev/null",
			GIT_PROJECT_ROOT: root,
			GIT_HTTP_EXPORT_ALL: "1",
			REMOTE_USER: "somebody",
			REQUEST_METHOD: request.method,
			PATH_INFO: pathname,
			QUERY_STRING: searchParams.toString(),
			GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
			...(type !== undefined && { CONTENT_TYPE: type }),
			...(length !== undefined && { CONTENT_LENGTH: length }),
			...(encoding !== undefined && { HTTP_CONTENT_ENCODING: encoding }),
		},
		stdio: ["pipe", "pipe", "inherit"],
	});
	child.stdin.on("error", () => {});
	request.pipe(child.stdin);
	const chunks: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
	await once(child, "close");
	const all = Buffer.concat(chunks);
	const end = all.indexOf("\r\n\r\n");
	const lines = all.toString("latin1", 0, end).split("\r\n");
	const headers = Object.fromEntries(lines.map((line) => [line.split(": ")[0] ?? "", line.split(": ")[1] ?? ""]));
	response.writeHead(Number.parseInt(headers["Status"] ?? "200", 10), headers).end(all.subarray(end + 4));
}
