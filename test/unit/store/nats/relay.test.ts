// A relay on Debian's server of NATS: each event is for one worker, until it is taken, released or put aside.
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Relay, Relayed } from "../../../../src/model/relay.ts";
import { openNatsRelay } from "../../../../src/store/nats/relay.ts";
import { connectTo, freezable, type Nats, startNats, withoutNats } from "../../../helpers/nats.ts";
import { good } from "../../../helpers/records.ts";

const FOR_EVER = new AbortController().signal;
const SUBJECT = "ci.acme.shop.ping";

function relayOn({ url }: Nats, stream = "ci"): Relay {
	const relay = openNatsRelay(new URL(`${url}/${stream}`), { caCertificates: undefined, timeoutMs: 1000 });
	onTestFinished(() => relay.close());
	return relay;
}

/** Opens a relay whose consumer is there, and what publishes texts. */
async function opened() {
	const nats = await startNats();
	const relay = relayOn(nats);
	await relay.next(1, AbortSignal.timeout(100));
	const connection = await connectTo(nats);
	const manager = await jetstreamManager(connection);
	const publish = async (...texts: readonly string[]) => {
		for (const text of texts) await jetstream(connection).publish(SUBJECT, text);
	};
	const waiting = async () => (await manager.streams.info("ci")).state.messages;
	return { nats, relay, manager, publish, waiting };
}

const textsOf = (found: readonly Relayed[]) => found.map(({ text }) => text);

describe.skipIf(withoutNats)("a relay on NATS (needs nats-server)", () => {
	it("gives what was published with its subject and its time, what has come together at once", async () => {
		const { relay, publish } = await opened();
		const before = Date.now();
		const coming = relay.next(10, FOR_EVER);
		await publish("1");
		const [first] = good(await coming);
		expect(first).toMatchObject({ subject: SUBJECT, text: "1" });
		expect(first?.at).toBeGreaterThanOrEqual(before - 1000);
		expect(first?.at).toBeLessThanOrEqual(Date.now() + 1000);
		await publish("2", "3", "4", "5");
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(textsOf(good(await relay.next(3, FOR_EVER)))).toEqual(["2", "3", "4"]);
		expect(textsOf(good(await relay.next(3, FOR_EVER)))).toEqual(["5"]);
	});

	it("forgets what was taken, and gives again what was not, after its time", async () => {
		const { relay, manager, publish, waiting } = await opened();
		await manager.consumers.update("ci", "pipeline-hooks", { ack_wait: nanos(300) });
		await publish("taken", "lost");
		await new Promise((resolve) => setTimeout(resolve, 50));
		const found = good(await relay.next(10, FOR_EVER));
		expect(textsOf(found)).toEqual(["taken", "lost"]);
		found[0]?.take();
		expect(textsOf(good(await relay.next(10, FOR_EVER)))).toEqual(["lost"]);
		expect(await waiting()).toBe(1);
	});

	it("keeps what was released", async () => {
		const { relay, publish, waiting } = await opened();
		await publish("1");
		const [first] = good(await relay.next(10, FOR_EVER));
		first?.release();
		expect(good(await relay.next(10, AbortSignal.timeout(200)))).toEqual([]);
		expect(await waiting()).toBe(1);
	});

	it("puts aside what cannot be delivered, with its cause", async () => {
		const { relay, manager, publish, waiting } = await opened();
		await publish("bad");
		const [first] = good(await relay.next(10, FOR_EVER));
		expect(await first?.bury("it is not JSON", "bad")).toBeUndefined();
		const dead = await manager.streams.getMessage("ci", { last_by_subj: "dead.ci.refused" });
		expect([dead?.string(), dead?.header.get("Cause"), dead?.header.get("Subject")]).toEqual([
			"bad",
			"it is not JSON",
			SUBJECT,
		]);
		expect(await waiting()).toBe(1);
		expect(good(await relay.next(10, AbortSignal.timeout(100)))).toEqual([]);
	});

	it("gives each event to one of two workers, and to the other what one hands back when it ends", async () => {
		const { nats, relay, publish } = await opened();
		const other = relayOn(nats);
		const ended = AbortSignal.timeout(100);
		await other.next(1, ended);
		await publish(...Array.from({ length: 20 }, (_, n) => String(n)));
		await new Promise((resolve) => setTimeout(resolve, 100));
		const found = good(await relay.next(100, FOR_EVER));
		for (const each of found) each.take();
		expect(found.length).toBeLessThan(20);
		await other.close();
		const rest: string[] = [];
		while (found.length + rest.length < 20) {
			for (const each of good(await relay.next(100, AbortSignal.timeout(5000)))) {
				rest.push(each.text);
				each.take();
			}
		}
		expect(new Set([...textsOf(found), ...rest]).size).toBe(20);
	});

	it("ends its waiting at once, and loses nothing that comes then", async () => {
		const { relay, publish } = await opened();
		const stopping = new AbortController();
		const coming = relay.next(1, stopping.signal);
		stopping.abort();
		expect(good(await coming)).toEqual([]);
		expect(good(await relay.next(1, stopping.signal))).toEqual([]);
		await publish("late");
		expect(textsOf(good(await relay.next(1, FOR_EVER)))).toEqual(["late"]);
	});

	it("says that the server is gone, and goes on when it is back, with what was not taken", async () => {
		const { nats, relay, publish } = await opened();
		await publish("1");
		expect(textsOf(good(await relay.next(1, FOR_EVER)))).toEqual(["1"]);
		const coming = relay.next(1, FOR_EVER);
		await nats.kill();
		expect(await coming).toMatchObject({
			problem: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+: the connection was closed$/),
		});
		expect(await relay.next(1, FOR_EVER)).toMatchObject({ problem: expect.stringContaining("connection refused") });
		await nats.restart();
		const { consumers } = await jetstreamManager(await connectTo(nats));
		await consumers.update("ci", "pipeline-hooks", { ack_wait: nanos(300) });
		expect(textsOf(good(await relay.next(1, AbortSignal.timeout(10_000))))).toEqual(["1"]);
	});

	it.each(["consumer", "stream"])(
		"notices that its %s is removed, and makes it anew",
		{ timeout: 30_000 },
		async (what) => {
			const { relay, manager, publish } = await opened();
			const coming = relay.next(1, AbortSignal.timeout(20_000));
			await new Promise((resolve) => setTimeout(resolve, 100));
			if (what === "stream") await manager.streams.delete("ci");
			else await manager.consumers.delete("ci", "pipeline-hooks");
			expect(await coming).toMatchObject({ problem: expect.stringMatching(/: its stream or consumer was deleted$/) });
			expect(good(await relay.next(1, AbortSignal.timeout(300)))).toEqual([]);
			await publish("again");
			expect(textsOf(good(await relay.next(1, AbortSignal.timeout(5000))))).toEqual(["again"]);
		},
	);

	it("gives a fresh event, however many others are pending", { timeout: 20_000 }, async () => {
		const { nats, relay, publish } = await opened();
		const client = jetstream(await connectTo(nats));
		// The server would hold back what comes after 1000.
		for (let at = 0; at < 3; at++) await Promise.all(Array.from({ length: 400 }, () => client.publish(SUBJECT, "old")));
		let pending = 0;
		while (pending < 1200) {
			const found = good(await relay.next(500, AbortSignal.timeout(5000)));
			for (const each of found) each.release();
			pending += found.length;
		}
		await publish("fresh");
		expect(textsOf(good(await relay.next(1, AbortSignal.timeout(5000))))).toEqual(["fresh"]);
	});

	it("gives many large events in pieces", async () => {
		const { relay, publish } = await opened();
		const large = "x".repeat(900_000);
		await publish(...Array.from({ length: 30 }, () => large));
		let count = 0;
		while (count < 30) {
			const found = good(await relay.next(500, AbortSignal.timeout(5000)));
			expect(found.length).toBeLessThan(12);
			count += found.length;
			for (const each of found) each.take();
		}
	});

	it("puts aside what is as large as a message may be, and under a subject as long as one may be", async () => {
		const { nats, relay, waiting } = await opened();
		const client = jetstream(await connectTo(nats));
		await client.publish(`ci.acme.shop.${"x".repeat(3900)}`, "y".repeat(1_048_000));
		const [found] = good(await relay.next(1, FOR_EVER));
		expect(await found?.bury("it is not JSON", found.text)).toBeUndefined();
		expect(good(await relay.next(1, AbortSignal.timeout(200)))).toEqual([]);
		expect(await waiting()).toBe(1);
	});

	it.each([
		["", "jetstream: enabled,", "JetStream does not respond: the server's config needs jetstream {}, "],
		["", "", "JetStream is not enabled: add jetstream {} to the server's config"],
		['jetstream { store_dir: "data" }', "", "JetStream not enabled for account"],
	])("says what is missing where JetStream is enabled by %j and, in the account, %j", async (server, own, problem) => {
		const accounts = `accounts { A { ${own} users = [ { user: worker, password: pass } ] } }`;
		const nats = await startNats(`${server}\n${accounts}`, {}, { jetstream: false });
		const url = `nats://worker:pass@127.0.0.1:${nats.port}`;
		expect(await relayOn({ ...nats, url }).next(1, FOR_EVER)).toEqual({
			problem: expect.stringContaining(`nats://127.0.0.1:${nats.port}: ${problem}`),
		});
	});

	it("notices within some seconds that nobody is at the other end any more", async () => {
		const nats = await startNats();
		const { url, freeze } = await freezable(nats);
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
		onTestFinished(() => void vi.useRealTimers());
		const relay = relayOn({ ...nats, url });
		expect(good(await relay.next(1, AbortSignal.timeout(300)))).toEqual([]);
		freeze();
		const coming = relay.next(1, FOR_EVER);
		await vi.advanceTimersByTimeAsync(20_000);
		expect(await coming).toMatchObject({ problem: expect.stringContaining("the connection was closed") });
	});

	it("cannot be emptied by an acknowledgement that is sent to the server itself", async () => {
		const { nats, publish, waiting } = await opened();
		await publish("1", "2");
		const connection = await connectTo(nats);
		for (const request of ["PURGE", "MSG.DELETE"]) {
			connection.publish(SUBJECT, "x", { reply: `$JS.API.STREAM.${request}.ci` });
		}
		await publish("3");
		expect(await waiting()).toBe(5);
	});

	it("uses a stream of somebody else's making, if it takes the subjects", async () => {
		const nats = await startNats();
		const manager = await jetstreamManager(await connectTo(nats));
		await manager.streams.add({ name: "ci", subjects: ["ci.>"] });
		expect(await relayOn(nats).next(1, FOR_EVER)).toEqual({
			problem: `nats://127.0.0.1:${nats.port}: its stream ci must have the subjects ci.> and dead.ci.>`,
		});
		await manager.streams.add({ name: "events", subjects: ["events.>", "dead.events.>"], num_replicas: 1 });
		expect(good(await relayOn(nats, "events").next(1, AbortSignal.timeout(300)))).toEqual([]);
		expect((await manager.streams.info("events")).config.retention).toBe("limits");
	});
});
