// A relay of NATS: jobs that can only publish, and workers that deliver, with the page's config and server.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startNats, withoutNats } from "../helpers/nats.ts";
import { certificate } from "../helpers/net.ts";
import { blocks } from "../helpers/pages.ts";
import { job, startFleet, workerConfig } from "../helpers/relay.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { type Received, startServer } from "../helpers/server.ts";
import { startWorker, WAIT_MS } from "../helpers/worker.ts";

vi.setConfig({ testTimeout: 60_000 });

const [JOB = "", ORGANISATION = ""] = blocks("docs/fleet.md", "toml");

const bodies = (requests: readonly Received[]) => requests.map(({ body }) => JSON.parse(body));

describe.skipIf(withoutNats)("a relay (needs nats-server)", () => {
	it("does what its page says, with the users of the page", async () => {
		const fleet = await startFleet();
		const pager = await startServer({ status: 202, body: '{"status":"success"}' });
		const org = ORGANISATION.replace(
			'preset      = "pagerduty"',
			`preset = "pagerduty"\nurl = "${pager.url}/v2/enqueue"`,
		);
		const chat = await startServer({ status: 200, body: "ok" });
		const folder = workspace({
			"pipeline-hooks.toml": `${org}\n[[hook.pipeline_error]]\nname = "never"\ncommand = "touch ran"`,
		});
		const worker = startWorker(folder, {
			...fleet.workerEnv,
			PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
			SLACK_WEBHOOK_URL: `${chat.url}/services/T/B/secret`,
		});
		await worker.said("events of the relay do not reach never");
		await worker.healthy();

		const env = fleet.jobEnv("shop");
		const frozen = await runAction({
			inputs: { event: "pipeline_start" },
			workspace: workspace({ "pipeline-hooks.toml": JOB, "scripts/freeze.sh": "exit 1" }),
			env: { ...env, GITHUB_REPOSITORY: "acme/shop" },
		});
		expect(frozen).toMatchObject({ code: 1 });
		const failed = await job(env, "pipeline_error", { config: JOB, inputs: { error: "no disk" } });
		expect(failed).toMatchObject({ code: 0, results: { results: [{ hook: "relay", status: "delivered" }] } });
		await vi.waitFor(() => expect([pager.requests.length, chat.requests.length]).toEqual([1, 1]), WAIT_MS);
		expect(bodies(pager.requests)[0]).toMatchObject({
			event_action: "trigger",
			routing_key: "0123456789abcdef0123456789abcdef",
		});
		expect(chat.requests[0]?.body).toMatch(/no disk[\s\S]*acme\/shop/);
		const done = await job(env, "pipeline_complete", { config: JOB });
		expect(done.code).toBe(0);
		await vi.waitFor(() => expect(pager.requests.length).toBe(2), WAIT_MS);
		const [trigger, resolve] = bodies(pager.requests);
		expect(resolve).toMatchObject({ event_action: "resolve", dedup_key: trigger.dedup_key });
		expect(await (await worker.get("/metrics")).text()).toMatch(
			/^pipeline_hooks_relayed_events_total\{result="stored"\} 2$/m,
		);
		expect(worker.written()).toMatch(/^✓ shop-chat → .* · pipeline_error of acme\/shop · dlv_[0-9a-f]{8}$/m);
		const shown = `${failed.log}${failed.stderr}${failed.summary}${JSON.stringify(failed.results)}${worker.written()}`;
		for (const secret of ["shop-pass1", "worker-pass1", "store-pass1", "services/T/B"])
			expect(shown).not.toContain(secret);
		expect(existsSync(join(folder, "ran"))).toBe(false);
		const look = async (...args: readonly string[]) =>
			(
				await runCommand(["deliveries", ...args], {
					workspace: folder,
					env: fleet.workerEnv,
				})
			).stdout;
		expect(await look()).toMatch(/page +pipeline_complete +delivered/);
		// Who reads it at night must know which of all repositories has failed, and where its log is.
		const id =
			chat.requests.length === 1 ? JSON.parse(await look("--hook", "shop-chat", "--json")).deliveries[0].id : "";
		expect(await look("show", id)).toMatch(
			/repository +acme\/shop\n +run +42-1\n +log +https:\/\/github\.com\/acme\/shop\/actions\/runs\/42/,
		);
	});

	it("hands on no routing key, and puts together what one run has told at once", async () => {
		const nats = await startNats();
		const server = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": `${workerConfig(server.url)}batch_size = 10\n` });
		const env = { NATS_URL: nats.url, STORE_URL: nats.url };
		// The stream must be there before a job publishes.
		const first = startWorker(folder, env);
		await first.healthy();
		first.child.kill("SIGTERM");
		await first.ended;
		for (const [run, table] of [
			["1", "a"],
			["1", "b"],
			["2", "c"],
		] as const) {
			const inputs = { table, "run-id": run, metadata: '{"routing_key": "0123456789abcdef0123456789abcdef", "x": 1}' };
			expect((await job(env, "check_result", { inputs })).code).toBe(0);
		}
		startWorker(folder, env);
		await vi.waitFor(() => expect(server.requests.length).toBe(2), WAIT_MS);
		const tables = bodies(server.requests).map(({ events }) => events.map(({ table }: { table: string }) => table));
		expect(tables.toSorted()).toEqual([["a", "b"], ["c"]]);
		expect(bodies(server.requests)[0].events[0].metadata).toEqual({ x: 1 });
	});

	it("skips what a muted hook would send, and keeps none of it", async () => {
		const nats = await startNats();
		const [muted, other] = [await startServer({ status: 200 }), await startServer({ status: 200 })];
		const folder = workspace({
			"pipeline-hooks.toml": workerConfig(muted.url, other.url).replace(
				/("to-1"\nevents = )\["\*"\]/,
				'$1["pipeline_error"]',
			),
		});
		const env = { NATS_URL: nats.url, STORE_URL: nats.url };
		const worker = startWorker(folder, { ...env, PIPELINE_HOOKS_MUTE: "to-0 until 2099-12-01" });
		await worker.healthy();
		for (const event of ["pipeline_error", "pipeline_start", "check_result"]) await job(env, event);
		const skipped =
			"skipped · pipeline_error of acme\\/shop · dlv_.*: muted until 2099-12-01T00:00Z by PIPELINE_HOOKS_MUTE";
		await worker.said(new RegExp(`– to-0 .* ${skipped}`));
		await worker.said("✓ to-1");
		await vi.waitFor(async () => {
			const numbers = await (await worker.get("/metrics")).text();
			expect(numbers).toMatch(/deliveries_total\{hook="to-0",status="skipped"\} 3$/m);
			expect(numbers).toMatch(/relayed_events_total\{result="stored"\} 1$/m);
			expect(numbers).toMatch(/relayed_events_total\{result="muted"\} 2$/m);
		}, WAIT_MS);
		const { stdout } = await runCommand(["deliveries", "--json"], { workspace: folder, env });
		expect(JSON.parse(stdout).deliveries).toMatchObject([{ hook: "to-1" }]);
		expect([muted.requests.length, other.requests.length]).toEqual([0, 1]);
	});

	it("is encrypted, with a CA of one's own on both sides", async () => {
		const { cert, key } = certificate("IP:127.0.0.1");
		const tls = 'tls { cert_file: "cert.pem", key_file: "key.pem" }';
		const nats = await startNats(tls, { "cert.pem": cert, "key.pem": key });
		const server = await startServer({ status: 200 });
		const relay = '[relay]\nnats = "${NATS_URL}"\nca_file = "ca.pem"\nretry_count = 0\n';
		const hook = `[[subscription]]\nname = "audit"\nevents = ["*"]\nurl = "${server.url}"\n`;
		const folder = workspace({ "pipeline-hooks.toml": `${relay}[store]\n${hook}`, "ca.pem": cert });
		const env = { NATS_URL: `tls://127.0.0.1:${nats.port}` };
		const worker = startWorker(folder, env);
		await worker.healthy();
		const firing = (files: Readonly<Record<string, string | Uint8Array>>) =>
			runCommand(["fire", "pipeline_error"], { workspace: workspace({ "pipeline-hooks.toml": relay, ...files }), env });
		await vi.waitFor(async () => expect((await firing({ "ca.pem": cert })).stdout).toContain("✓ relay"), WAIT_MS);
		await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), WAIT_MS);
		expect((await firing({})).stdout).toContain("ca_file ca.pem not found");
		expect(
			await runCommand(["work"], { workspace: workspace({ "pipeline-hooks.toml": `${relay}[store]\n` }), env }),
		).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("the relay cannot be used: ca_file ca.pem not found"),
		});
	});
});
