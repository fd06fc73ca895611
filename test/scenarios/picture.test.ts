// The README's picture shows what the slack preset sends today.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawMessage, PICTURE, PICTURED } from "../../scripts/slack-picture.ts";
import { cli } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const ROOT = join(import.meta.dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const picture = readFileSync(join(ROOT, PICTURE), "utf8");

test("is what `npm run picture` draws", async () => {
	const server = await startServer({ status: 200, body: "ok" });
	const run = await cli(PICTURED.args, PICTURED.config, {
		env: { ...PICTURED.env, SLACK_WEBHOOK_URL: server.url },
	});
	expect(run.code).toBe(0);
	expect(picture).toBe(drawMessage(server.requests[0]?.body ?? ""));
});

test("is of the README's own step, and says in words what it shows", () => {
	const [, error = ""] = /^ +error: (.*)$/m.exec(README) ?? [];
	expect(error).not.toBe("");
	expect(picture).toContain(`>${error}</text>`);
	const [, alt = ""] = new RegExp(`!\\[([^\\]]+)\\]\\(${PICTURE}\\)`).exec(README) ?? [];
	for (const words of ["Pipeline failed: nightly", error, "View run"]) expect(alt).toContain(words);
});

test("loads nothing", () => {
	expect(picture).not.toMatch(/href|url\(|@import|<script|<image|<foreignObject/);
	expect(picture.match(/https?:\/\/\S+?(?=")/g)).toEqual(["http://www.w3.org/2000/svg"]);
});
