// What a run puts on record: which deliveries, with what of them, and what it says where that fails.
import { describe, expect, it } from "vitest";
import type { Filter, Webhook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { fakeRecords } from "../../helpers/fake-records.ts";
import { answer, exited, fakeShell } from "../../helpers/fakes.ts";
import { preset, shellHook, webhook } from "../../helpers/make.ts";
import { MINUTE, START, world } from "../../helpers/stored-runs.ts";

const once = { retryCount: 0, selectors: [{ kind: "glob", pattern: "*" }] } as const;
const plain = (given: Partial<Webhook> = {}) => webhook({ name: "audit", ...once, ...given });
const INSTEAD = parseReference("https://example.com/instead");
const only = (event: string): Filter => ({
	events: [{ kind: "event", event }],
	entities: undefined,
	include: [],
	exclude: [],
});
const DOWN = answer(503, "come again");

describe("on record is", () => {
	it("what a later run needs to send it again, and nothing of the config", async () => {
		const there = world([plain({ preset: preset("slack") })]);
		there.respond = () => DOWN;
		const { outcomes } = await there.fire(there.event("pipeline_error"));
		const id = outcomes[0]?.delivery.id ?? "";
		expect(there.records.all()).toEqual({
			[id]: {
				id,
				scope: "pipeline-hooks.toml",
				hook: "audit",
				key: expect.stringMatching(/^[0-9a-f]{32}$/),
				eventTime: START + 1,
				created: START,
				runId: "run_1",
				names: ["pipeline_error"],
				events: [expect.stringContaining('"id":"evt_1"')],
				attempts: [{ at: START, ms: 0, status: 503, cause: "status", reason: "503 Service Unavailable: come again" }],
				state: "waiting",
				failures: 1,
				due: START + MINUTE,
				expires: START + 60 * MINUTE,
			},
		});
		expect(JSON.stringify(there.records.all())).not.toContain("example.com");
		expect(outcomes[0]).toMatchObject({ nextAttempt: START + MINUTE });
	});

	it("each delivery where all are kept, else only what failed for now", async () => {
		const statuses = [200, 400, 503];
		for (const [keepsAll, states] of [
			[true, ["delivered", "failed", "waiting"]],
			[false, ["waiting"]],
		] as const) {
			const there = world([plain()], { records: fakeRecords({ keepsAll }) });
			for (const status of statuses) {
				there.respond = () => answer(status);
				await there.fire(there.event("pipeline_error"));
			}
			expect(Object.values(there.states())).toEqual(states);
		}
	});

	it("no gate, no fallback in place of a gate and no shell hook, whatever becomes of them", async () => {
		const there = world(
			[
				webhook({ name: "gate", ...once, onFailure: "abort", fallback: "instead" }),
				webhook({ name: "instead", ...once, selectors: [] }),
			],
			{ shell: fakeShell({ true: exited(1) }) },
		);
		for (const respond of [() => DOWN, () => answer(200), () => answer(410)]) {
			there.respond = respond;
			const { warnings } = await there.fire(there.event("pipeline_error"));
			expect(warnings).toEqual([]);
		}
		there.hooks = [shellHook({ selectors: once.selectors })];
		await there.fire(there.event("pipeline_error"));
		expect(there.records.steps.filter((step) => step === "put" || step === "disable")).toEqual([]);
	});

	it("of a batch only what its fallback has not delivered, in the step and later", async () => {
		const hook = plain({ fallback: "instead", batchSize: 3 });
		const there = world([
			hook,
			webhook({ ...once, name: "instead", selectors: [], url: INSTEAD, filters: [only("materialize_error")] }),
		]);
		there.respond = ({ url }) => answer(url.pathname === "/instead" ? 200 : 503);
		await there.fireBatch(hook, [
			there.event("materialize_error", { model: "m1" }),
			there.event("before_materialize", { model: "m2" }),
			there.event("pipeline_error", { model: "m3" }),
		]);
		const [record] = Object.values(there.records.all());
		expect(record?.events.map((text) => /"model":"(m\d)"/.exec(text)?.[1])).toEqual(["m2", "m3"]);
		there.hooks = [
			hook,
			webhook({ ...once, name: "instead", selectors: [], url: INSTEAD, filters: [only("before_materialize")] }),
		];
		there.wait(MINUTE);
		await there.redeliver();
		const [later] = Object.values(there.records.all());
		expect(later).toMatchObject({ id: record?.id, state: "waiting", failures: 2, names: ["pipeline_error"] });
		expect(later?.events.map((text) => /"model":"(m\d)"/.exec(text)?.[1])).toEqual(["m3"]);
	});

	it("nothing of an event with a secret in its metadata, which is said", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		const secret = "0123456789abcdef0123456789abcdef";
		const { outcomes } = await there.fire(there.event("pipeline_error", { metadata: { routing_key: secret } }));
		expect(there.records.all()).toEqual({});
		expect(outcomes[0]?.failure?.reason).toBe(
			"503 Service Unavailable: come again; not stored, since its event carries a secret in its metadata",
		);
		expect(outcomes[0]?.nextAttempt).toBeUndefined();
	});

	it("no secret that a receiver quotes, however its variable is called", async () => {
		const secrets = ["swordfish-of-the-user", "T0000000000000000"];
		const there = world([plain({ url: parseReference("https://example.com/${OUR_PATH}") })], {
			env: { OUR_PATH: "T0000000000000000" },
			secrets,
		});
		there.respond = () => answer(500, `no swordfish-of-the-user at /T0000000000000000`);
		await there.fire(there.event("pipeline_error"));
		there.respond = () => answer(410, "swordfish-of-the-user", { "webhook-delivery": "disable" });
		await there.fire(there.event("pipeline_error"));
		there.wait(MINUTE);
		await there.redeliver();
		const all = JSON.stringify([there.records.all(), await there.records.disabled()]);
		expect(all).toContain("no *** at");
		for (const secret of secrets) expect(all).not.toContain(secret);
	});

	it("an event of a time before 1970 too", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error", { timestamp: "1969-07-20T20:17:40Z" }));
		expect(Object.values(there.records.all())).toMatchObject([{ eventTime: 0, state: "waiting" }]);
	});

	it("what was cut off before it began, which uses up no try", async () => {
		const controller = new AbortController();
		const there = world([plain(), plain({ name: "second" })], { signal: controller.signal, concurrency: 1 });
		there.respond = () => {
			controller.abort();
			return { kind: "failure", cause: "cancelled", detail: "cancelled" };
		};
		const { outcomes } = await there.fire(there.event("pipeline_error"));
		expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["failed", "skipped"]);
		expect(
			Object.values(there.records.all())
				.map(({ state, failures }) => [state, failures])
				.toSorted(),
		).toEqual([
			["waiting", 0],
			["waiting", 1],
		]);
	});
});

describe("a receiver's wish", () => {
	it("that a hook be switched off skips it from then on, also in the same run", async () => {
		const there = world([plain()]);
		there.respond = () => answer(200, "", { "webhook-delivery": "disable" });
		const events = [there.event("pipeline_start"), there.event("pipeline_error")];
		const { outcomes, warnings } = await there.fire(...events);
		expect(outcomes.length).toBe(2);
		expect(warnings).toEqual([
			"audit is switched off by its receiver (its response says webhook-delivery: disable); `pipeline-hooks enable audit` switches it on",
		]);
		const later = await there.fire(there.event("pipeline_error"));
		expect(later.outcomes[0]).toMatchObject({ status: "skipped", skipCause: "switched_off" });
		expect(later.outcomes[0]?.reason).toMatch(/switches it on; kept in the store$/);
		expect(Object.values(there.states()).at(-1)).toBe("waiting");
	});

	it("that a message be given up ends it", async () => {
		const there = world([plain()]);
		there.respond = () => answer(503, "", { "webhook-delivery": "abort-message" });
		await there.fire(there.event("pipeline_error"));
		expect(Object.values(there.states())).toEqual(["failed"]);
	});

	it("is said of what is kept, and nothing of another try", async () => {
		const there = world([plain()]);
		there.respond = () => answer(410);
		const { outcomes } = await there.fire(there.event("pipeline_error"));
		expect(outcomes[0]?.failure?.reason).toMatch(/; kept in the store$/);
	});
});

it.each([
	["disabled", "the store cannot be used: disabled failed"],
	["put", "a delivery could not be stored: put failed"],
	["disable", "audit could not be switched off: disable failed"],
] as const)("a store whose %s fails ends nothing, and is warned of once", async (step, warning) => {
	const there = world([plain(), plain({ name: "other" })]);
	there.records.fail(step);
	there.respond = () => (step === "disable" ? answer(410) : DOWN);
	const { outcomes, warnings, isGood } = await there.fire(there.event("pipeline_error"), there.event("pipeline_error"));
	expect(outcomes.filter(({ attempts }) => attempts.length > 0).length).toBeGreaterThanOrEqual(2);
	if (step === "disable") expect(warnings).toContain(warning);
	else expect(warnings).toEqual([warning]);
	expect(isGood).toBe(step !== "put");
	// What cannot be stored is not said to be tried again.
	if (step === "disabled") expect(outcomes.flatMap(({ nextAttempt }) => nextAttempt ?? [])).toEqual([]);
});

it("a store that cannot tell what is obsolete is warned of once", async () => {
	const there = world([plain({ preset: preset("slack") })]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.respond = () => answer(200, "ok");
	for (const step of ["list", "claim"] as const) {
		there.records.fail(step);
		const { warnings } = await there.fire(there.event("pipeline_complete"));
		expect(warnings).toEqual([`what is stored and obsolete could not be ended: ${step} failed`]);
	}
	there.records.fail();
	await there.fire(there.event("pipeline_complete"));
	expect(Object.values(there.states())[0]).toBe("superseded");
});

it("what another config file has stored is nobody else's", async () => {
	const there = world([plain({ preset: preset("slack") })]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.sent();
	there.file = "other.toml";
	there.respond = () => answer(200, "ok");
	await there.fire(there.event("pipeline_complete"));
	there.sent();
	there.wait(MINUTE);
	const { lines } = await there.redeliver();
	expect(there.sent()).toEqual([]);
	expect(lines).toEqual(["1 stored message kept for audit: it belongs to another project or config file"]);
});

it("what is stored for a hook that is gone, disabled or lacks its variable waits, and says why", async () => {
	const there = world([plain()]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.sent();
	there.wait(MINUTE);
	const url = parseReference("${AUDIT_URL}");
	for (const [hooks, why] of [
		[[], "the config no longer has it"],
		[[plain({ enabled: false })], "it is disabled"],
		[[plain({ onFailure: "abort" })], "it has become a gate, which is never redelivered"],
		[[shellHook({ name: "audit" })], "it has become a shell hook, which is never redelivered"],
		[[plain({ url })], "variable AUDIT_URL is unset or empty"],
	] as const) {
		there.hooks = hooks;
		const { lines } = await there.redeliver();
		expect(lines[0]).toContain(`1 stored message kept for audit: ${why}`);
	}
	expect([there.sent(), Object.values(there.states())]).toEqual([[], ["waiting"]]);
});

it("what could not be stored is not said to be tried again", async () => {
	const there = world([plain()]);
	there.records.fail("put");
	there.respond = () => DOWN;
	const { outcomes } = await there.fire(there.event("pipeline_error"));
	expect(outcomes[0]?.nextAttempt).toBeUndefined();
	expect(outcomes[0]?.failure?.reason).toBe(
		"503 Service Unavailable: come again; not stored, so it is not tried again",
	);
});

describe("while the run goes on", () => {
	/** What the store has while the last hook waits for its answer. */
	async function meanwhile(keepsAll: boolean, first: Webhook, status: number) {
		const there = world([first], { records: fakeRecords({ keepsAll }) });
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		const slow = webhook({ name: "slow", ...once, url: parseReference("https://slow.example/") });
		there.hooks = [first, slow];
		let found: readonly string[] = [];
		let off: unknown;
		there.respond = async ({ url }) => {
			if (url.hostname !== "slow.example") return answer(status, "ok");
			for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
			found = Object.values(there.states());
			off = await there.records.disabled();
			return answer(200);
		};
		await there.fire(there.event("pipeline_complete"));
		return { found, off };
	}

	it.each([
		[true, ["superseded", "delivered"]],
		[false, []],
	])("what is obsolete has ended, so that nobody sends it any more; all are kept: %s", async (keepsAll, states) => {
		const { found } = await meanwhile(keepsAll, plain({ preset: preset("slack") }), 200);
		expect(found).toEqual(states);
	});

	it("what makes others obsolete is on record, for what is stored after it", async () => {
		const first = plain({ preset: preset("slack") });
		const slow = webhook({ name: "slow", ...once, url: parseReference("https://slow.example/") });
		const there = world([first, slow]);
		let found: readonly string[] = [];
		there.respond = async ({ url }) => {
			if (url.hostname !== "slow.example") return answer(200, "ok");
			for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
			found = Object.values(there.states());
			return answer(200);
		};
		await there.fire(there.event("pipeline_complete"));
		expect(found).toEqual(["delivered"]);
	});

	it("a hook that its receiver has switched off is so for others too", async () => {
		const { off } = await meanwhile(true, plain(), 410);
		expect(off).toMatchObject([{ hook: "audit", reason: expect.stringContaining("410") }]);
	});
});
