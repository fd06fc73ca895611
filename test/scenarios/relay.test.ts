// A relay of NATS: jobs that can only publish, and workers that deliver, with the page's config and the page's users.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, it, vi } from "vitest";
import { connectTo, type Nats, startNats, withoutNats } from "../helpers/nats.ts";
import { certificate } from "../helpers/net.ts";
import { blocks } from "../helpers/pages.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { type Received, startServer } from "../helpers/server.ts";
import { startWorker, WAIT_MS } from "../helpers/worker.ts";

vi.setConfig({ testTimeout: 60_000 });

const [JOB = "", ORGANISATION = ""] = blocks("docs/fleet.md", "toml");
const USERS = (blocks("docs/fleet.md", "conf")[0] ?? "")
	.replace("$SHOP_PASSWORD", "shop-pass1")
	.replace("$WORKER_PASSWORD", "worker-pass1")
	.replace("$STORE_PASSWORD", "store-pass1")
	.replace("users = [", "users = [\n\t\t\t{ user: root, password: root }");

const urlOf = ({ port }: Nats, login = "") => `nats://${login}127.0.0.1:${port}`;

/** The variables of a worker, with the users of the page. */
const workerEnv = (nats: Nats) => ({
	NATS_URL: urlOf(nats, "worker:worker-pass1@"),
	STORE_URL: urlOf(nats, "store:store-pass1@"),
});

/** A worker whose config has a webhook for every event at each of these addresses. */
function configOf(...urls: readonly string[]): string {
	const hooks = urls.map(
		(url, n) => `[[subscription]]\nname = "to-${n}"\nevents = ["*"]\nurl = "${url}"\nretry_count = 0\n`,
	);
	return `[relay]\nnats = "\${NATS_URL}"\n[store]\nkind = "nats"\nurl = "\${STORE_URL}"\nschedule = [${'"1s", '.repeat(40)}]\n${hooks.join("")}`;
}

const RELAY = '[relay]\nnats = "${NATS_URL}"\n';

interface Fired {
	readonly config?: string;
	readonly repository?: string;
	readonly inputs?: Readonly<Record<string, string>>;
}

/** Fires an event as a job does. */
function job(url: string, event: string, { config = RELAY, repository = "acme/shop", inputs = {} }: Fired = {}) {
	return runAction({
		inputs: { event, ...inputs },
		workspace: workspace({ "pipeline-hooks.toml": config, "scripts/freeze.sh": "exit ${FROZEN:-0}" }),
		env: { NATS_URL: url, GITHUB_REPOSITORY: repository },
	});
}

const bodies = (requests: readonly Received[]) => requests.map(({ body }) => JSON.parse(body));

describe.skipIf(withoutNats)("a relay (needs nats-server)", () => {
	it("does what its page says, with the users of the page", async () => {
		const nats = await startNats(USERS);
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
			...workerEnv(nats),
			PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
			SLACK_WEBHOOK_URL: `${chat.url}/services/T/B/secret`,
		});
		await worker.said("events of the relay do not reach never");
		await worker.healthy();

		const url = urlOf(nats, "shop:shop-pass1@");
		const frozen = await runAction({
			inputs: { event: "pipeline_start" },
			workspace: workspace({ "pipeline-hooks.toml": JOB, "scripts/freeze.sh": "exit 1" }),
			env: { NATS_URL: url, GITHUB_REPOSITORY: "acme/shop" },
		});
		expect(frozen).toMatchObject({ code: 1 });
		const failed = await job(url, "pipeline_error", { config: JOB, inputs: { error: "no disk" } });
		expect(failed).toMatchObject({ code: 0, results: { results: [{ hook: "relay", status: "delivered" }] } });
		await vi.waitFor(() => expect([pager.requests.length, chat.requests.length]).toEqual([1, 1]), WAIT_MS);
		expect(bodies(pager.requests)[0]).toMatchObject({
			event_action: "trigger",
			routing_key: "0123456789abcdef0123456789abcdef",
		});
		expect(chat.requests[0]?.body).toMatch(/no disk[\s\S]*acme\/shop/);
		const done = await job(url, "pipeline_complete", { config: JOB });
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
					env: workerEnv(nats),
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

	it("lets no job speak for another repository", async () => {
		const nats = await startNats(USERS);
		const server = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": configOf(server.url) });
		const worker = startWorker(folder, workerEnv(nats));
		await worker.healthy();
		const refused = await job(urlOf(nats, "shop:shop-pass1@"), "pipeline_error", { repository: "acme/bank" });
		expect(refused.log).toContain("403 Forbidden: the user may not publish to the subject");
		expect(refused.annotations).toMatchObject([{ kind: "warning" }]);

		// Under its own subject, with somebody else's repository in the event.
		const connection = await connectTo(nats, { user: "shop", pass: "shop-pass1" });
		const event = (repository: string) => ({
			version: 1,
			definition: { name: "pipeline_error", phase: "pipeline", status: "failure", title: "Pipeline failed" },
			context: { id: "evt_1", event: "pipeline_error", ci: { provider: "github", repository } },
		});
		const subject = "ci.acme.shop.pipeline_error";
		for (const text of [
			JSON.stringify(event("acme/bank")),
			"not JSON",
			JSON.stringify({ ...event("acme/shop"), version: 2 }),
		]) {
			await jetstream(connection).publish(subject, text);
		}
		await worker.said(/(an event of ci\.acme\.shop\.pipeline_error is refused: .*\n[\s\S]*){3}/);
		expect((await job(urlOf(nats, "shop:shop-pass1@"), "pipeline_error")).code).toBe(0);
		await vi.waitFor(() => expect(server.requests.length).toBe(1), WAIT_MS);
		const root = await connectTo(nats, { user: "root", pass: "root" });
		const manager = await jetstreamManager(root);
		const dead = await manager.streams.getMessage("ci", { last_by_subj: "dead.ci.refused" });
		expect([dead?.header.get("Cause"), dead && JSON.parse(dead.string()).version]).toEqual([
			"its version is not 1: update this worker",
			2,
		]);
		expect(await (await worker.get("/metrics")).text()).toMatch(/result="refused"\} 3$/m);
	});

	it("lets no job read what others publish, or write over what is stored", async () => {
		const nats = await startNats(USERS);
		const server = await startServer({ status: 503 });
		const folder = workspace({ "pipeline-hooks.toml": configOf(server.url) });
		const worker = startWorker(folder, workerEnv(nats));
		await worker.healthy();
		const spy = await connectTo(nats, { user: "shop", pass: "shop-pass1" });
		const seen: string[] = [];
		const denied: unknown[] = [];
		for (const subject of ["_INBOX.>", "_INBOX_worker.>", "ci.>", ">"]) {
			const subscription = spy.subscribe(subject, {
				callback: (error, message) => void (error === null ? seen.push(message.subject) : denied.push(error)),
			});
			void subscription.closed.then(() => denied.push(subject));
		}
		await job(urlOf(nats, "shop:shop-pass1@"), "pipeline_error", { inputs: { error: "no disk" } });
		await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), WAIT_MS);
		const look = () => runCommand(["deliveries", "--json"], { workspace: folder, env: workerEnv(nats) });
		const before: { deliveries: readonly { id: string }[] } = JSON.parse((await look()).stdout);
		const [{ id = "" } = {}] = before.deliveries;
		// JetStream acknowledges to any subject, whoever may publish there.
		for (const place of ["open", "sent", "over"]) {
			spy.publish("ci.acme.shop.pipeline_error", "x", { reply: `pipeline-hooks.record.${place}.=.${id}` });
			spy.publish("ci.acme.shop.pipeline_error", "x", { reply: `pipeline-hooks.record.${place}.${id}.${id}` });
		}
		await spy.flush();
		await worker.said(/(is refused: it is not JSON[\s\S]*){6}/);
		const after: typeof before = JSON.parse((await look()).stdout);
		expect([after.deliveries.map((each) => each.id), (await look()).stderr]).toEqual([[id], ""]);
		expect([seen, denied.length]).toEqual([[], expect.any(Number)]);
		expect(denied.length).toBeGreaterThan(3);
	});

	it("hands on no routing key, and puts together what one run has told at once", async () => {
		const nats = await startNats();
		const server = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": `${configOf(server.url)}batch_size = 10\n` });
		const env = { NATS_URL: urlOf(nats), STORE_URL: urlOf(nats) };
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
			expect((await job(env.NATS_URL, "check_result", { inputs })).code).toBe(0);
		}
		startWorker(folder, env);
		await vi.waitFor(() => expect(server.requests.length).toBe(2), WAIT_MS);
		const tables = bodies(server.requests).map(({ events }) => events.map(({ table }: { table: string }) => table));
		expect(tables.toSorted()).toEqual([["a", "b"], ["c"]]);
		expect(bodies(server.requests)[0].events[0].metadata).toEqual({ x: 1 });
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
