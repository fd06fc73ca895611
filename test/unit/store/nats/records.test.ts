// Records of deliveries in NATS: the suite of records on Debian's server, and what is their own.
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RecordChange, Records, StoredRecord } from "../../../../src/model/records.ts";
import { openNatsRecords } from "../../../../src/store/nats/records.ts";
import { connectTo, freezable, type Nats, startNats, withoutNats } from "../../../helpers/nats.ts";
import { started } from "../../../helpers/net.ts";
import { blocks } from "../../../helpers/pages.ts";
import { good, record } from "../../../helpers/records.ts";
import { recordsSuite } from "../../../suites/records-suite.ts";

const servers = new Map<string, Nats>();

function serverOf(place: string): Nats {
	const found = servers.get(place);
	if (found === undefined) throw new Error("no server");
	return found;
}

describe.skipIf(withoutNats)("(needs nats-server)", () => {
	recordsSuite("NATS", {
		place: async () => {
			const nats = await startNats();
			servers.set(nats.url, nats);
			return { place: nats.url, remove: () => nats.kill() };
		},
		open: (place) => openNatsRecords(place),
		look: (place) => openNatsRecords(place, { create: false }),
		isMade: async (place) => {
			const manager = await jetstreamManager(await connectTo(serverOf(place)));
			return (await manager.streams.names().next()).length > 0;
		},
		script: fileURLToPath(new URL("../../../helpers/nats-records-process.ts", import.meta.url)),
		tamper: async (place, id, text) => {
			const connection = await connect({ servers: place.replace("nats://", "") });
			await jetstream(connection).publish(`pipeline-hooks.record.open.=.${id}`, text);
			await connection.close();
		},
		workers: 3,
		unusable: {
			"its server is down": [(place) => serverOf(place).kill(), /^nats:\/\/127\.0\.0\.1:\d+: connection refused$/],
			"a newer version has made its stream": [
				async (place) => {
					const connection = await connect({ servers: place.replace("nats://", "") });
					const { streams } = await jetstreamManager(connection);
					await streams.update("pipeline-hooks", { description: "Records of pipeline-hooks, version 9" });
					await connection.close();
				},
				/^nats:.*: the version of its stream pipeline-hooks is 9, and this program supports versions up to 1$/,
			],
		},
	});

	/** Records of a server of their own, and a look at the subjects of their stream. */
	async function opened(nats?: Nats): Promise<{ nats: Nats; store: Records; subjects: () => Promise<string[]> }> {
		const server = nats ?? (await startNats());
		const store = good(await openNatsRecords(server.url));
		onTestFinished(() => store.close());
		const manager = await jetstreamManager(await connectTo(server));
		const subjects = async () => {
			const { state } = await manager.streams.info("pipeline-hooks", { subjects_filter: ">" });
			return Object.keys(state.subjects ?? {}).toSorted();
		};
		return { nats: server, store, subjects };
	}
	const times = { now: 5000, until: 6000 };
	const all = async (store: Records, query = {}) => good(await store.list(query)).records;
	async function claimed(store: Records): Promise<StoredRecord> {
		const [first] = good(await store.claim(await all(store), times));
		if (first === undefined) throw new Error("not claimed");
		return first;
	}

	describe("records in NATS, each under its subject", () => {
		it("are found whatever their ids, keys and hooks hold", async () => {
			const { store, subjects } = await opened();
			const odd = ["a.b", "*", ">", "a b", "é", "=", "x".repeat(300), ""].map((id) => record(id, { key: `${id}!` }));
			expect(await store.put(odd)).toBeUndefined();
			expect((await all(store)).map((each) => each.record)).toEqual(odd);
			for (const { id, key = "" } of odd) {
				expect((await all(store, { ids: [id], keys: [key] })).map((each) => each.record.id)).toEqual([id]);
			}
			await store.disable({ scope: "a b", hook: "tell *", at: 1, reason: "gone" });
			expect(await store.enable({ scope: "a b", hook: "tell >" })).toBe(false);
			expect(await store.enable({ scope: "a b", hook: "tell *" })).toBe(true);
			expect((await subjects()).length).toBe(odd.length);
		});

		it("are read for what waits without those that were delivered at once", async () => {
			const { store, subjects } = await opened();
			const records = async () => (await subjects()).filter((each) => each.includes(".record."));
			await store.put([record("w"), record("d", { state: "delivered", key: "k" })]);
			expect(await records()).toEqual(["pipeline-hooks.record.open.=.w", "pipeline-hooks.record.sent.k.d"]);
			expect((await all(store, { states: ["waiting"] })).map((each) => each.record.id)).toEqual(["w"]);
			const keys = Array.from({ length: 20 }, (_, n) => `none-${n}`);
			expect((await all(store, { keys: [...keys, "k"] })).map((each) => each.record.id)).toEqual(["d"]);
		});

		it("stay as they were put first, also where they are in the other place", async () => {
			const { nats, store, subjects } = await opened();
			await store.put([record("1"), record("2", { state: "delivered" })]);
			await store.put([record("1", { state: "delivered" }), record("2"), record("2", { hook: "other" })]);
			const other = good(await openNatsRecords(nats.url));
			onTestFinished(() => other.close());
			const ids = Array.from({ length: 20 }, (_, n) => `both-${n}`);
			await Promise.all([
				store.put(ids.map((id) => record(id))),
				other.put(ids.map((id) => record(id, { state: "delivered" }))),
			]);
			await store.claim(await all(store, { ids: ["2"] }), times);
			await other.put([record("2")]);
			const found = (await all(store)).map(({ record: { id, state } }) => [id, state]);
			expect(found).toEqual(
				expect.arrayContaining([
					["1", "waiting"],
					["2", "delivered"],
				]),
			);
			expect(found.map(([id]) => id).toSorted()).toEqual(["1", "2", ...ids].toSorted());
			expect((await subjects()).length).toBe(found.length);
		});

		it("are found among those that wait once they wait again", async () => {
			const { store, subjects } = await opened();
			await store.put([record("1", { state: "delivered" })]);
			const from = await claimed(store);
			expect(await store.settle([{ from, to: record("1", { failures: 2 }) }])).toEqual([]);
			expect(await subjects()).toEqual(["pipeline-hooks.record.open.=.1"]);
			expect(await all(store, { states: ["waiting"] })).toMatchObject([{ record: { failures: 2 } }]);
			expect(await store.settle([{ from, to: record("1") }])).toEqual(["1"]);
		});

		it("count once where one was moved and its mover died", async () => {
			const { nats, store } = await opened();
			await store.put([record("1", { state: "delivered" })]);
			const text = JSON.stringify({ version: 1, ...record("1") });
			await jetstream(await connectTo(nats)).publish("pipeline-hooks.record.open.=.1", text);
			expect(await all(store)).toMatchObject([{ record: { state: "waiting" } }]);
		});

		it("are moved away from those that wait when the store is closed, and by the next one what was left", async () => {
			const { nats, store, subjects } = await opened();
			const ended = ["delivered", "expired", "superseded"] as const;
			await store.put(ended.map((id) => record(id, { key: "k" })));
			const taken = good(await store.claim(await all(store), times));
			const end = (from: StoredRecord): RecordChange => {
				return { from, to: { ...from.record, state: ended.find((each) => each === from.record.id) ?? "failed" } };
			};
			await store.settle(taken.slice(0, 2).map(end));
			await store.close();
			const places = async () => (await subjects()).filter((each) => each.includes(".record."));
			const moved = ["record.open.k.superseded", "record.over.k.expired", "record.sent.k.delivered"];
			expect(await places()).toEqual(moved.map((each) => `pipeline-hooks.${each}`));
			// As a process leaves it that is killed before it could move what it has ended.
			const killed = good(await openNatsRecords(nats.url));
			await killed.settle(taken.slice(2).map(end));
			const looker = good(await openNatsRecords(nats.url, { create: false }));
			expect((await all(looker)).length).toBe(3);
			await looker.close();
			expect(await places()).toEqual(moved.map((each) => `pipeline-hooks.${each}`));
			const next = good(await openNatsRecords(nats.url));
			expect((await all(next)).map(({ record: { id, state } }) => [id, state])).toEqual(
				expect.arrayContaining(ended.map((each) => [each, each])),
			);
			await next.close();
			expect(await places()).toEqual(
				[...moved.filter((each) => !each.includes("open")), "record.over.k.superseded"]
					.toSorted()
					.map((each) => `pipeline-hooks.${each}`),
			);
			await killed.close();
			expect((await places()).length).toBe(3);
		});

		it("have the newest that was delivered as a rival, however late an older one is moved", async () => {
			const { nats, store } = await opened();
			const of = (id: string, eventTime: number) => record(id, { key: "k", eventTime });
			await store.put([of("old", 100), of("new", 300)]);
			const other = good(await openNatsRecords(nats.url));
			for (const from of good(await store.claim(await all(store), times))) {
				await store.settle([{ from, to: { ...from.record, state: "delivered" } }]);
				if (from.record.id === "old") await all(other);
			}
			await store.close();
			await other.close();
			const next = good(await openNatsRecords(nats.url));
			onTestFinished(() => next.close());
			const about = [{ key: "k", hook: "tell" }];
			const rivals = async () => good(await next.rivals(["k"], about)).records.map((each) => each.record.id);
			expect(await rivals()).toContain("new");
			// One from the future would hide what happens until then.
			await next.put([record("future", { key: "k", state: "delivered", eventTime: Date.now() + 3_600_000 })]);
			expect(await rivals()).toContain("new");
		});

		it("leave nothing behind of the newest one when it is removed", async () => {
			const { store, subjects } = await opened();
			await store.put([record("1", { key: "k", state: "delivered", eventTime: 100 })]);
			await store.put([record("2", { key: "k", state: "delivered", eventTime: 200 })]);
			for (const id of ["1", "2"]) {
				const found = good(await store.claim(await all(store, { ids: [id] }), times));
				await store.settle(found.map((from) => ({ from, to: undefined })));
				expect(await subjects()).toHaveLength(id === "1" ? 2 : 0);
			}
		});

		it("stay delivered where somebody moves what had failed before", async () => {
			const { nats, store } = await opened();
			await store.put([record("1")]);
			const first = await claimed(store);
			await store.settle([{ from: first, to: record("1", { state: "failed" }) }]);
			const other = good(await openNatsRecords(nats.url));
			const again = await claimed(other);
			await other.settle([{ from: again, to: record("1", { state: "delivered" }) }]);
			await other.close();
			await store.close();
			const next = good(await openNatsRecords(nats.url));
			onTestFinished(() => next.close());
			expect((await all(next)).map((each) => each.record.state)).toEqual(["delivered"]);
		});

		it("keep the key of their subject where only a part of a batch is left", async () => {
			const { store } = await opened();
			await store.put([record("1", { key: "whole" })]);
			const from = await claimed(store);
			await store.settle([{ from, to: record("1", { key: "part", failures: 2 }) }]);
			expect(await store.list({})).toMatchObject({ records: [{ record: { key: "whole", failures: 2 } }], invalid: 0 });
		});

		it("leave what is claimed where it is, until its claimer has ended it", async () => {
			const { nats, store, subjects } = await opened();
			await store.put([record("1", { state: "expired" })]);
			const from = await claimed(store);
			const other = good(await openNatsRecords(nats.url));
			await all(other);
			await other.close();
			expect(await store.settle([{ from, to: record("1", { state: "delivered" }) }])).toEqual([]);
			await store.close();
			expect((await subjects()).filter((each) => each.includes(".record."))).toEqual([
				"pipeline-hooks.record.sent.=.1",
			]);
		});

		it("are invalid under the subject of another", async () => {
			const { nats, store } = await opened();
			await store.put([record("1")]);
			const text = JSON.stringify({ version: 1, ...record("2") });
			await jetstream(await connectTo(nats)).publish("pipeline-hooks.record.open.=.1", text);
			expect(await store.list({})).toEqual({ records: [], invalid: 1 });
		});

		it("are free where somebody else has claimed them in no way of ours", async () => {
			const { nats, store } = await opened();
			const claim = headers();
			claim.set("Claimed-Until", "the end of days");
			await store.put([record("1")]);
			const text = JSON.stringify({ version: 1, ...record("1") });
			await jetstream(await connectTo(nats)).publish("pipeline-hooks.record.open.=.1", text, { headers: claim });
			expect((await claimed(store)).record).toEqual(record("1"));
		});

		it("have a dead letter with its cause once they are spent, until they are removed", async () => {
			const { nats, store, subjects } = await opened();
			await store.put([record("1", { state: "waiting" }), record("2")]);
			const [one, two] = good(await store.claim(await all(store), times));
			if (one === undefined || two === undefined) throw new Error("not claimed");
			const spent = record("1", { state: "retry_limit_reached" });
			await store.settle([
				{ from: one, to: spent },
				{ from: two, to: record("2", { state: "superseded", supersededBy: "3" }) },
			]);
			const manager = await jetstreamManager(await connectTo(nats));
			const last_by_subj = "pipeline-hooks.dead.retry_limit_reached.1";
			const letter = await manager.streams.getMessage("pipeline-hooks", { last_by_subj });
			expect(letter?.json()).toMatchObject({ id: "1", attempts: [{ cause: "status" }] });
			expect([letter?.header.get("Cause"), letter?.header.get("Nats-Msg-Id")]).toEqual(["status", "1"]);
			const dead = async () => (await subjects()).filter((subject) => subject.includes(".dead."));
			expect(await dead()).toEqual([last_by_subj]);
			const kept = await all(store, { ids: ["1"] });
			await store.settle(kept.map((from) => ({ from, to: undefined })));
			expect(await dead()).toEqual([]);
		});

		it("are listed beyond a page of the server's", async () => {
			const { store } = await opened();
			const many = Array.from({ length: 1100 }, (_, n) => record(`id-${n}`, { created: n }));
			expect(await store.put(many)).toBeUndefined();
			expect((await all(store)).map((each) => each.record.id)).toEqual(many.map(({ id }) => id));
			expect((await all(store, { newest: 1 })).map((each) => each.record.id)).toEqual(["id-1099"]);
		});

		it("may be in a stream of another name, beside others", async () => {
			const { nats, store } = await opened();
			const other = good(await openNatsRecords(`${nats.url}/team-b`));
			onTestFinished(() => other.close());
			await store.put([record("1")]);
			await other.put([record("2")]);
			expect((await all(other)).map((each) => each.record.id)).toEqual(["2"]);
		});
	});

	describe("a server of records", () => {
		it("may die between two calls, and is connected to again", async () => {
			const { nats, store } = await opened();
			await store.put([record("1")]);
			await nats.kill();
			const down = {
				problem: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+: connection (?:refused|closed|reset)/),
			};
			expect(await store.put([record("2")])).toEqual(down);
			expect(await store.list({})).toEqual(down);
			await nats.restart();
			expect(await store.put([record("3")])).toBeUndefined();
			expect((await all(store)).map((each) => each.record.id)).toEqual(["1", "3"]);
		});

		it("may be killed in the middle of the work: what was said to be put is there, and once", async () => {
			const { nats, store } = await opened();
			const put: string[] = [];
			let restarted: Promise<void> | undefined;
			for (let n = 0; n < 300 || restarted === undefined; n += 10) {
				const ids = Array.from({ length: 10 }, (_, at) => `id-${n + at}`);
				const putting = store.put(ids.map((id) => record(id)));
				if (n === 100) restarted = nats.kill().then(() => nats.restart());
				while ((await putting) !== undefined && (await store.put(ids.map((id) => record(id)))) !== undefined) {}
				put.push(...ids);
			}
			await restarted;
			const there = (await all(store)).map((each) => each.record.id);
			expect(there.toSorted()).toEqual(put.toSorted());
		});

		it("may be killed under two workers: each record is delivered in the end, and by one of them", async () => {
			const { nats, store } = await opened();
			const ids = Array.from({ length: 60 }, (_, n) => `id-${n}`);
			await store.put(ids.map((id) => record(id)));
			const settled: string[] = [];
			let [now, kills] = [5000, 0];
			let restarting = Promise.resolve();
			const work = async (worker: Records) => {
				for (;;) {
					const listed = await worker.list({ states: ["waiting"] });
					if (!("problem" in listed) && listed.records.length === 0) return;
					// A claim that was lost with its acknowledgement ends by itself.
					now += 10;
					const due = "problem" in listed ? [] : listed.records.slice(0, 7);
					const claimed = await worker.claim(due, { now, until: now + 50 });
					for (const from of "problem" in claimed ? [] : claimed) {
						const { record: before } = from;
						const lost = await worker.settle([{ from, to: { ...before, state: "delivered" } }]);
						if (!("problem" in lost) && lost.length === 0) settled.push(before.id);
						if (settled.length > 15 * (kills + 1) && kills < 3) {
							kills++;
							restarting = restarting.then(() => nats.kill()).then(() => nats.restart());
						}
					}
				}
			};
			const other = good(await openNatsRecords(nats.url));
			onTestFinished(() => other.close());
			await Promise.all([work(store), work(other)]);
			await restarting;
			expect(kills).toBe(3);
			expect(new Set(settled).size).toBe(settled.length);
			const there = (await all(store)).map((each) => [each.record.id, each.record.state]);
			expect(there.toSorted()).toEqual(ids.map((id) => [id, "delivered"]).toSorted());
		});

		it("may be gone without a word, and is connected to again after its time", async () => {
			const { url, freeze } = await freezable(await startNats());
			const store = good(await openNatsRecords(url, { timeoutMs: 500 }));
			onTestFinished(() => store.close());
			expect(await store.put([record("1")])).toBeUndefined();
			freeze();
			expect(await store.put([record("2")])).toEqual({ problem: `${url}: connection timed out` });
			expect((await all(store)).map((each) => each.record.id)).toEqual(["1"]);
		});

		it("fails after its time where it does not answer", async () => {
			const url = await started(createServer((socket) => socket.write("INFO {}\r\n")));
			const opened = await openNatsRecords(url.replace("http:", "nats:"), { timeoutMs: 200 });
			expect(opened).toEqual({ problem: expect.stringMatching(/: connection timed out$/) });
		});

		it.each([
			["authorization { token: right }", "wrong@", "the user, password or token in the url is wrong"],
			["accounts { A { users: [{ user: a, password: a }] } }", "a:a@", "JetStream not enabled for account"],
			[
				"authorization { users = [{ user: a, password: a, permissions: { publish: none } }] }",
				"a:a@",
				'the user has no permission, docs/nats.md and docs/fleet.md list what it needs: Permissions Violation for Publish to "$JS.API.STREAM.INFO.pipeline-hooks"',
			],
		])("says what is wrong with %s", async (config, login, problem) => {
			const nats = await startNats(config);
			const opened = await openNatsRecords(nats.url.replace("//", `//${login}`));
			expect(opened).toEqual({ problem: `${nats.url}: ${problem}` });
		});

		it("has a stream that is not ours, which is left alone", async () => {
			const nats = await startNats("max_connections: 8");
			const manager = await jetstreamManager(await connectTo(nats));
			await manager.streams.add({ name: "orders", subjects: ["orders.>"] });
			const what = "its stream orders must have the subjects orders.> and a limit of 1 message for each subject";
			for (let n = 0; n < 20; n++) {
				expect(await openNatsRecords(`${nats.url}/orders`)).toEqual({ problem: `${nats.url}: ${what}` });
			}
		});

		it("needs no more of its user than the page says", async () => {
			const [, user = ""] = blocks("docs/nats.md", "conf");
			const nats = await startNats(user.replace("$STORE_PASSWORD", "pw"));
			const store = good(await openNatsRecords(nats.url.replace("//", "//store:pw@")));
			onTestFinished(() => store.close());
			expect(await store.put([record("1"), record("2", { state: "delivered" })])).toBeUndefined();
			const from = await claimed(store);
			const spent = good(await store.claim(await all(store), { now: 6000, until: 7000 }));
			await store.settle(spent.map((each) => ({ from: each, to: { ...each.record, state: "failed" } })));
			expect(await store.settle([{ from, to: undefined }])).toEqual([from.record.id]);
			const rest = await all(store);
			expect(rest.map((each) => each.record.state)).toEqual(["failed", "failed"]);
			expect(await store.settle(rest.map((each) => ({ from: each, to: undefined })))).toEqual([]);
			await store.disable({ scope: "s", hook: "h", at: 1, reason: "410 Gone" });
			expect([await store.disabled(), await store.enable({ scope: "s", hook: "h" })]).toMatchObject([[{}], true]);
			expect(await all(store)).toEqual([]);
		});

		it("takes no record that is larger than its max_payload, and those beside it", async () => {
			const { nats, store } = await opened(await startNats("max_payload: 5000"));
			const large = record("large", { events: ["x".repeat(5000)] });
			expect(await store.put([record("1"), large, record("2")])).toEqual({
				problem: `${nats.url}: a record is larger than its max_payload`,
				isTooLarge: true,
			});
			await expect.poll(async () => (await all(store)).map((each) => each.record.id)).toEqual(["1", "2"]);
		});

		it("gives up nothing where its stream is full", async () => {
			const nats = await startNats();
			const manager = await jetstreamManager(await connectTo(nats));
			const limits = { max_msgs_per_subject: 1, max_msgs: 1, discard: "new" } as const;
			await manager.streams.add({ name: "pipeline-hooks", subjects: ["pipeline-hooks.>"], ...limits });
			const { store } = await opened(nats);
			await store.put([record("1")]);
			expect(await store.put([record("2")])).toEqual({ problem: `${nats.url}: maximum messages exceeded` });
			expect((await all(store)).map((each) => each.record.id)).toEqual(["1"]);
		});
	});
});

it.each([
	["", "the store's url is empty"],
	["https://example.com/x", "the store's url must be nats://host:4222/name"],
	["nats://localhost/a.b", "the store's url must be nats://host:4222/name"],
	["nats://localhost/a/b", "the store's url has a subject that nothing can be published to"],
	["nats://169.254.169.254", "the store's url has an address of a cloud's metadata service"],
])("%j is no store", async (url, problem) => {
	expect(await openNatsRecords(url)).toEqual({ problem: expect.stringContaining(problem) });
});
