// A receiver of other people's making verifies what is sent: Debian's `webhook`, https://github.com/adnanh/webhook.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startProgram } from "../helpers/program.ts";
import { workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";

const there = spawnSync("webhook", ["-version"]).status === 0;
// On CI a missing package is a fault of the setup, not a reason to skip.
const { CI } = process.env;

const SECRET = "a secret for both sides";

describe.skipIf(!there && CI === undefined)("Debian's webhook (needs webhook)", () => {
	it("accepts a delivery that is signed with its secret, and runs its command with the payload", async () => {
		const receiver = await startReceiver();
		const run = await deliver(receiver.url, SECRET);
		expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", delivered: "1" } });
		expect(JSON.parse(readFileSync(receiver.payload, "utf8"))).toMatchObject({
			event: "pipeline_error",
			error: 'no "orders" today 🚚\nline two',
			metadata: { tables_copied: "20" },
		});
	});

	it("refuses one that is signed with another, and the workflow is warned", async () => {
		const receiver = await startReceiver();
		const run = await deliver(receiver.url, "another secret");
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "0", failed: "1" } });
		expect(run.annotations).toEqual([
			{
				kind: "warning",
				properties: { title: "receiver", file: "pipeline-hooks.toml", line: "1" },
				message: "the webhook failed: 500 Internal Server Error: Error occurred while evaluating hook rules.",
			},
		]);
		expect(existsSync(receiver.payload)).toBe(false);
	});
});

function deliver(url: string, secret: string) {
	const config = `[hook.webhooks.pipeline_error]\nname = "receiver"\nurl = "${url}"\nsecret = "\${KEY}"\nretry_count = 0`;
	return fire(config, {
		event: "pipeline_error",
		inputs: { error: 'no "orders" today 🚚\nline two', metadata: "tables_copied=20" },
		env: { KEY: secret },
	});
}

/** Starts a receiver whose command writes each payload that it accepts to a file; it ends with the test. */
async function startReceiver(): Promise<{ readonly url: string; readonly payload: string }> {
	const folder = workspace({ "keep.sh": '#!/bin/sh\nprintf %s "$PAYLOAD" > payload.json\n' });
	const hooks = workspace({
		"hooks.json": JSON.stringify([
			{
				id: "pipeline",
				"execute-command": "/bin/sh",
				"command-working-directory": folder,
				"pass-arguments-to-command": [{ source: "string", name: "keep.sh" }],
				"pass-environment-to-command": [{ source: "entire-payload", envname: "PAYLOAD" }],
				// Answers when the command is done.
				"include-command-output-in-response": true,
				"trigger-rule": {
					match: {
						type: "payload-hmac-sha256",
						secret: SECRET,
						parameter: { source: "header", name: "X-Rocky-Signature" },
					},
				},
			},
		]),
	});
	const { ports } = await startProgram(1, ([port]) => {
		const args = ["-hooks", join(hooks, "hooks.json"), "-ip", "127.0.0.1", "-port", String(port)];
		return { program: "webhook", args };
	});
	return { url: `http://127.0.0.1:${ports[0]}/hooks/pipeline`, payload: join(folder, "payload.json") };
}
