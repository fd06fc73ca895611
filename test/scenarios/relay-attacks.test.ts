// What a job may do to a relay on the page's server: add events of its own repository, and nothing else.
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, it, vi } from "vitest";
import { deliveryId } from "../../src/model/delivery.ts";
import { event } from "../helpers/make.ts";
import { withoutNats } from "../helpers/nats.ts";
import { job, startFleet, workerConfig } from "../helpers/relay.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { startWorker, WAIT_MS } from "../helpers/worker.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(withoutNats)("a job that attacks its relay (needs nats-server)", () => {
	it("lets no job speak for another repository", async () => {
		const fleet = await startFleet();
		const server = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": workerConfig(server.url) });
		const worker = startWorker(folder, fleet.workerEnv);
		await worker.healthy();
		const denied = await job(fleet.jobEnv("shop"), "pipeline_error", { repository: "acme/bank" });
		expect(denied.log).toContain("403 Forbidden: the user may not publish to the subject");
		expect(denied.annotations).toMatchObject([{ kind: "warning" }]);

		// Under its own subject, with somebody else's repository in the event.
		const connection = await fleet.connectAs("shop");
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
		expect((await job(fleet.jobEnv("shop"), "pipeline_error")).code).toBe(0);
		await vi.waitFor(() => expect(server.requests.length).toBe(1), WAIT_MS);
		const admin = await fleet.connectAs("admin");
		const { consumers, streams } = await jetstreamManager(admin);
		const refused = { durable_name: "refused", filter_subject: "dead.ci.>", ack_policy: AckPolicy.Explicit };
		await consumers.add("ci", refused);
		const dead = [];
		for await (const each of await (await jetstream(admin).consumers.get("ci", "refused")).fetch({ max_messages: 3 })) {
			dead.push(each.headers?.get("Cause"));
			each.ack();
		}
		expect(dead).toContain("its version is not 1: update this worker");
		await vi.waitFor(async () => expect((await streams.info("ci")).state.messages).toBe(0), WAIT_MS);
		expect(await (await worker.get("/metrics")).text()).toMatch(/result="refused"\} 3$/m);
	});

	it("lets no job read what others publish, or write over what is stored", async () => {
		const fleet = await startFleet();
		const server = await startServer({ status: 503 });
		const folder = workspace({ "pipeline-hooks.toml": workerConfig(server.url) });
		const worker = startWorker(folder, fleet.workerEnv);
		await worker.healthy();
		const spy = await fleet.connectAs("shop");
		const seen: string[] = [];
		const denied: unknown[] = [];
		for (const subject of ["_INBOX.>", "_INBOX_worker.>", "ci.>", ">"]) {
			const subscription = spy.subscribe(subject, {
				callback: (error, message) => void (error === null ? seen.push(message.subject) : denied.push(error)),
			});
			void subscription.closed.then(() => denied.push(subject));
		}
		await job(fleet.jobEnv("shop"), "pipeline_error", { inputs: { error: "no disk" } });
		await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), WAIT_MS);
		const look = () => runCommand(["deliveries", "--json"], { workspace: folder, env: fleet.workerEnv });
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

	it("can neither remove what waits, nor put anything elsewhere, by what it names for the acknowledgement", async () => {
		const fleet = await startFleet();
		const worker = startWorker(workspace({ "pipeline-hooks.toml": workerConfig() }), fleet.workerEnv);
		await worker.healthy();
		worker.child.kill("SIGTERM");
		await worker.ended;
		const admin = await fleet.connectAs("admin");
		const { streams } = await jetstreamManager(admin);
		await streams.add({ name: "other", subjects: ["other.>"] });
		for (const subject of ["ci.acme.bank.ping", "ci.acme.bank.ping", "other.x", "other.x"]) {
			await jetstream(admin).publish(subject, "x");
		}
		const spy = await fleet.connectAs("shop");
		const replies = [
			"$JS.API.STREAM.PURGE.ci",
			"$JS.API.STREAM.PURGE.other",
			"$JS.API.STREAM.MSG.DELETE.ci",
			"$JS.API.STREAM.DELETE.ci",
			"ci.acme.bank.ping",
			"dead.ci.refused",
			"other.y",
		];
		for (const reply of replies) spy.publish("ci.acme.shop.ping", "x", { reply });
		await spy.request("ci.acme.shop.ping", "x");
		const stateOf = async (name: string) => (await streams.info(name, { subjects_filter: ">" })).state.subjects;
		const count = replies.length + 1;
		expect(await stateOf("ci")).toEqual({ "ci.acme.bank.ping": 2, "ci.acme.shop.ping": count });
		// The server acts on what was sent to it after it has answered.
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await stateOf("ci")).toEqual({ "ci.acme.bank.ping": 2, "ci.acme.shop.ping": count });
		expect(await stateOf("other")).toEqual({ "other.x": 2 });
	});

	it("cannot publish first under the id that another repository's event will have", async () => {
		const fleet = await startFleet();
		const server = await startServer({ status: 200 });
		const worker = startWorker(workspace({ "pipeline-hooks.toml": workerConfig(server.url) }), fleet.workerEnv);
		await worker.healthy();
		const attacker = jetstream(await fleet.connectAs("admin"));
		const id = deliveryId([event("pipeline_error", { id: "deploy-77" })], "relay");
		for (const msgID of [id, `${id}.acme.shop.pipeline_error`])
			await attacker.publish("ci.acme.bank.x", "x", { msgID });
		const { log } = await job(fleet.jobEnv("shop"), "pipeline_error", { inputs: { id: "deploy-77" } });
		expect(log).toMatch(/✓ relay/);
		expect(log).not.toContain("note");
		await vi.waitFor(() => expect(server.requests.length).toBe(1), WAIT_MS);
	});
});
