// A rocky.toml through dist: its templates, and Rocky's own webhook ingress as a receiver.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const METADATA = '{"passed": false, "tables": [], "dbt.version": "1.8", "who": "a \\"b\\""}';

test("templates in a rocky.toml mean what they mean to Rocky, and what it would only warn of is a warning", async () => {
	const { url, requests } = await startServer({ status: 200 });
	const hook = (path: string, more: string) => `[[hook.webhooks.on_check_result]]\nurl = "${url}/${path}"\n${more}\n`;
	const config = [
		hook(
			"text",
			`body_template = '[{{pipeline}}] {{metadata.who}}{{#if metadata.passed}} passed={{metadata.passed}}{{/if}}'`,
		),
		hook("json", `body_template = '{"v": "{{metadata.dbt.version}}", "who": "{{metadata.who}}"}'\npreset = "opsgenie"`),
		hook("put", `method = "FETCH"\nbody_template = '"{{#if metadata.tables}}{{metadata.tables}}{{/if}}"'`),
	].join("");
	const args = ["fire", "on_check_result", "--pipeline", "raw", "--metadata", METADATA];
	const run = await runCommand(args, { workspace: workspace({ "rocky.toml": config }) });
	expect(run.code).toBe(0);
	expect(run.stdout + run.stderr).toContain('preset is "opsgenie", which is unknown, so it is "generic"');
	expect(run.stdout + run.stderr).toContain('method is "FETCH", which is unknown, so it is "POST"');
	const sent = new Map(requests.map(({ path, body }) => [path, body]));
	expect(sent.get("/text")).toBe('[raw] a "b" passed=false');
	expect(JSON.parse(sent.get("/json") ?? "")).toEqual({ v: "1.8", who: 'a "b"' });
	expect(sent.get("/put")).toBe('"[]"');
	expect(requests.map(({ method, headers }) => `${method} ${headers["content-type"]}`)).toEqual(
		Array(3).fill("POST application/json"),
	);
});

test("Rocky's ingress takes what rocky_ingress signs, once for each delivery, and refuses a prefix", async () => {
	// What Rocky computes of a request: https://rocky-data.dev/guides/running-without-an-orchestrator/
	const code = "import hmac, sys; print(hmac.new(b'long-secret', sys.stdin.buffer.read(), 'sha256').hexdigest())";
	const signatureOf = (body: string) => execFileSync("python3", ["-c", code], { input: body, encoding: "utf8" }).trim();
	const { url, requests } = await startServer({ status: 500 }, { status: 202 });
	const config = (signature: string) =>
		`[[hook.webhooks.pipeline_complete]]\nurl = "${url}/api/v1/hooks/trigger/orders"\nsecret = "\${S}"\nsignature = "${signature}"\nretry_delay_ms = 1\n`;
	const fire = (signature: string) =>
		runCommand(["fire", "pipeline_complete"], {
			workspace: workspace({ "pipeline-hooks.toml": config(signature) }),
			env: { S: "long-secret" },
		});
	expect((await fire("rocky_ingress")).code).toBe(0);
	const [first, second] = requests;
	for (const request of [first, second]) {
		expect(request?.headers["x-rocky-signature"]).toBe(signatureOf(request?.body ?? ""));
	}
	// Rocky drops a delivery that it has.
	expect(first?.headers["x-rocky-delivery"]).toMatch(/^dlv_/);
	expect(second?.headers["x-rocky-delivery"]).toBe(first?.headers["x-rocky-delivery"]);
	await fire("rocky");
	expect(requests[2]?.headers["x-rocky-signature"]).toBe(`sha256=${signatureOf(requests[2]?.body ?? "")}`);
});
