// Draws the README's picture: sends the message to a receiver on this machine, and draws what arrived.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { drawMessage, PICTURE, PICTURED } from "./slack-picture.ts";

const folder = mkdtempSync(join(tmpdir(), "picture-"));
writeFileSync(join(folder, "pipeline-hooks.toml"), PICTURED.config);

const server = createServer(async (request, response) => {
	let body = "";
	for await (const piece of request.setEncoding("utf8")) body += piece;
	writeFileSync(PICTURE, drawMessage(body));
	response.end("ok");
});
await new Promise<void>((done) => {
	server.listen(0, "127.0.0.1", done);
});
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;

const env = { ...PICTURED.env, SLACK_WEBHOOK_URL: `http://127.0.0.1:${port}/` };
await promisify(execFile)(process.execPath, [resolve("dist/cli/index.js"), ...PICTURED.args], { cwd: folder, env });
server.close();
rmSync(folder, { recursive: true });
