// What a receiver asks for holds for every delivery to it: waits, how many are in flight, whose turn it is, and the end.
import { describe, expect, test } from "vitest";
import { Receiver, Receivers } from "../../../src/deliver/receivers.ts";
import { reasonOf } from "../../../src/model/delivery.ts";
import type { Hook, Webhook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { Clock, HttpRequest, HttpResult } from "../../../src/ports.ts";
import { fireWith, type Given } from "../../helpers/deliver.ts";
import { answer, fakeClock, fakeLog } from "../../helpers/fakes.ts";
import { limitedHttp, onePer, refusal } from "../../helpers/limited.ts";
import { webhook } from "../../helpers/make.ts";

type Respond = (request: HttpRequest, inFlight: number) => HttpResult;

/** Fires hooks at receivers that answer so; `at` has when each hook's requests were sent. */
async function fire(
	hooks: readonly Hook[],
	respond: (clock: ReturnType<typeof fakeClock>) => Respond,
	given: Given = {},
) {
	const clock = fakeClock();
	const log = fakeLog();
	const http = limitedHttp(clock, respond(clock));
	const { outcomes, told } = await fireWith(hooks, { ...given, ports: { clock, log, http, ...given.ports } });
	const ids = new Map(outcomes.map(({ delivery }) => [delivery.id, delivery.hook.name]));
	const sent = http.seen.map(({ delivery, at }) => [ids.get(delivery), at]);
	const ended = outcomes.map((outcome) => [outcome.delivery.hook.name, outcome.status, reasonOf(outcome)]);
	return { outcomes, told, sent, ended, seen: http.seen, lines: log.lines, now: clock.monotonic() };
}

const to = (path: string) => parseReference(`https://example.com/${path}`);
const many = (count: number, given: Partial<Webhook> = {}) =>
	Array.from({ length: count }, (_, n) => webhook({ name: `h${n + 1}`, ...given }));
const delivered = (count: number) => Array(count).fill("delivered");
const concurrency = (width: number): Given => ({ facts: { concurrency: width } });

describe("a 429 with Retry-After", () => {
	test("twelve at once at a receiver of one a second all arrive, whatever retry_count is", async () => {
		const { outcomes, seen, now } = await fire(many(12, { retryCount: 0 }), (clock) => onePer(clock, 1000));
		expect(outcomes.map(({ status }) => status)).toEqual(delivered(12));
		expect(now).toBeLessThan(12_500);
		// Each is sent about three times: with the herd, when the one before it has just been taken, and in its second.
		expect(seen.length).toBeLessThan(40);
		expect(outcomes.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(seen.length);
	});

	test("holds back every delivery to that URL, of which those go first that have begun", async () => {
		const respond = () => {
			let first = true;
			return () => {
				const result = first ? refusal(30) : answer(200);
				first = false;
				return result;
			};
		};
		const { sent, outcomes } = await fire(many(4), respond, concurrency(1));
		expect(sent).toEqual([
			["h1", 0],
			["h1", 30_010],
			["h2", 30_020],
			["h3", 30_030],
			["h4", 30_040],
		]);
		expect(outcomes.map(({ attempts }) => attempts.length)).toEqual([2, 1, 1, 1]);
	});

	test("holds back all spellings of a URL, and no other URL", () => {
		const receivers = new Receivers(fakeClock(), new AbortController().signal);
		const at = (url: string) => receivers.at(new URL(url));
		const same = ["HTTPS://Example.com:443/x/../a%2fb~?q=%c3%A9", "https://example.com/a%2Fb%7E?q=é#part"];
		for (const url of same) expect(at(url), url).toBe(at("https://example.com/a%2Fb~?q=%C3%A9"));
		expect(at("https://example.com/?#")).toBe(at("https://user:password@example.com"));
		for (const other of ["a/b~?q=é", "a%2Fb~?q=e", "a%252Fb~?q=é", "A%2Fb~?q=é", "a%2Fb~"]) {
			expect(at(`https://example.com/${other}`), other).not.toBe(at("https://example.com/a%2Fb~?q=%C3%A9"));
		}
	});

	test("holds nobody else back, however few slots there are", async () => {
		const hooks = [...many(10, { url: to("slow") }), webhook({ name: "other", url: to("other") })];
		const slowly: Respond = ({ url }) => (url.pathname === "/other" ? answer(200) : refusal(50));
		const { sent, told } = await fire(hooks, () => slowly, concurrency(1));
		expect(sent.slice(0, 2)).toEqual([
			["h1", 0],
			["other", 10],
		]);
		expect(told[0]?.delivery.hook.name).toBe("other");
	});

	test("past the deadline fails at once, also those that have not begun, and a gate", async () => {
		const notSent =
			"not sent: an earlier delivery failed (429 Too Many Requests), and Retry-After asks for 3600 s, past the deadline of 60000 ms";
		const { ended, outcomes, now } = await fire(many(3), () => () => refusal(3600), concurrency(1));
		expect(ended).toEqual([
			["h1", "failed", "429 Too Many Requests; Retry-After asks for 3600 s, past the deadline of 60000 ms"],
			["h2", "failed", notSent],
			["h3", "failed", notSent],
		]);
		expect(outcomes.map(({ attempts, durationMs }) => [attempts.length, durationMs])).toEqual([
			[1, 10],
			[0, 0],
			[0, 0],
		]);
		expect(now).toBe(10);
		const gates = many(2, { onFailure: "abort" });
		const { ended: gated } = await fire(gates, () => () => refusal(3600));
		expect(gated.map(([, status]) => status)).toEqual(["failed", "skipped"]);
	});

	test("leaves a gate to be asked in its turn", async () => {
		const gates = many(2, { onFailure: "abort", retryCount: 0 });
		const { ended, sent } = await fire(gates, (clock) => onePer(clock, 1000));
		expect(ended.map(([, status]) => status)).toEqual(delivered(2));
		expect(sent).toEqual([
			["h1", 0],
			["h2", 10],
			["h2", 1020],
		]);
	});

	test("that asks for no time is a wait all the same, of 100 ms, and no retry", async () => {
		const { seen, outcomes } = await fire(many(1, { retryCount: 0, deadlineMs: 1000 }), () => () => refusal(0));
		expect(seen.map(({ at }) => at)).toEqual([0, 110, 220, 330, 440, 550, 660, 770, 880, 990]);
		expect(outcomes[0]?.failure?.reason).toBe(
			"429 Too Many Requests; the deadline of 1000 ms leaves no time for another, after 10 attempts",
		);
	});

	test("is told once, until the receiver has refused nothing for a while", async () => {
		const { lines } = await fire(many(8), (clock) => onePer(clock, 1000));
		expect(lines).toEqual(["h2: 429 Too Many Requests; deliveries to https://example.com/… wait for 1 s"]);
	});

	test("is shared where a 503 asks for it, which uses up a retry", async () => {
		const { sent, ended } = await fire(many(2, { retryCount: 1 }), () => () => refusal(7, 503), concurrency(1));
		expect(sent).toEqual([
			["h1", 0],
			["h1", 7010],
			["h2", 14_020],
			["h2", 21_030],
		]);
		expect(ended.map(([, , reason]) => reason)).toEqual(Array(2).fill("503 Service Unavailable, after 2 attempts"));
	});
});

describe("the deadline", () => {
	test("begins with the first attempt", async () => {
		const times = [refusal(50), answer(200), refusal(40), answer(200)];
		const { sent, ended } = await fire(many(2), () => () => times.shift() ?? answer(200), concurrency(1));
		expect(ended.map(([, status]) => status)).toEqual(delivered(2));
		expect(sent).toEqual([
			["h1", 0],
			["h1", 50_010],
			["h2", 50_020],
			["h2", 90_030],
		]);
	});

	test("ends one that has begun while it waits for those before it", async () => {
		const { outcomes } = await fire(many(12, { deadlineMs: 5000 }), (clock) => onePer(clock, 1000));
		const failed = outcomes.filter(({ status }) => status === "failed");
		expect(failed).toHaveLength(7);
		for (const outcome of failed) {
			expect(reasonOf(outcome)).toMatch(
				/^429 Too Many Requests; (?:the deadline of 5000 ms leaves no time for another, after \d attempts?|Retry-After asks for 1 s, past the deadline of 5000 ms)/,
			);
		}
	});

	test("of a receiver that always refuses is one in all, not one for each delivery", async () => {
		const { outcomes, seen, now } = await fire(many(1000), () => () => refusal(1));
		expect(outcomes.every(({ status }) => status === "failed")).toBe(true);
		expect(now).toBeLessThan(65_000);
		expect(seen.length).toBeLessThan(100);
		expect(outcomes.at(-1)).toMatchObject({
			attempts: [],
			failure: {
				cause: "deadline",
				reason:
					"not sent: an earlier delivery failed (429 Too Many Requests), and the receiver has accepted nothing for 60 s and asks for 1 s more",
			},
		});
	});

	test("of a receiver that refuses, and then fails as often, is one in all too", async () => {
		const failing = () => {
			let asked = 0;
			return () => (asked++ % 2 === 0 ? refusal(5) : answer(500));
		};
		const { outcomes, now } = await fire(many(300), failing, concurrency(10));
		expect(outcomes.every(({ status }) => status === "failed")).toBe(true);
		expect(now).toBeLessThan(130_000);
	});

	test("does not end the waiting of what has not begun while the receiver accepts others", async () => {
		const hooks = many(100, { deadlineMs: 10_000 });
		const { outcomes, now } = await fire(hooks, (clock) => onePer(clock, 1000), concurrency(4));
		expect(outcomes.map(({ status }) => status)).toEqual(delivered(100));
		expect(now).toBeGreaterThan(90_000);
	});

	test("ends waiting for a receiver that has gone silent, too", async () => {
		const silent: HttpResult = { kind: "failure", cause: "timeout", detail: "no response within 1000 ms" };
		const results = [answer(200), refusal(1), refusal(1)];
		const { outcomes, now } = await fire(
			many(500, { retryCount: 0, deadlineMs: 5000 }),
			() => () => results.shift() ?? silent,
			concurrency(3),
		);
		expect(outcomes.filter(({ status }) => status === "delivered")).toHaveLength(1);
		expect(now).toBeLessThan(12_000);
		expect(outcomes.at(-1)?.failure?.reason).toMatch(
			/^not sent: an earlier delivery failed \(429 Too Many Requests\), and/,
		);
	});
});

describe("cancellation", () => {
	test("ends all waiting at once: what has begun has failed, and what has not is skipped", async () => {
		const controller = new AbortController();
		const { signal } = controller;
		const respond = (clock: Clock) => {
			void clock.sleep(1000).then(() => controller.abort());
			return () => refusal(30);
		};
		const hooks = [...many(300), webhook({ name: "gate", onFailure: "abort", url: to("gate") })];
		const { outcomes, now } = await fire(hooks.slice(0, 300), respond, { ...concurrency(2), options: { signal } });
		expect(now).toBe(1000);
		expect(outcomes.map((outcome) => `${outcome.status}: ${reasonOf(outcome)}`)).toEqual([
			...Array(2).fill("failed: cancelled; before that: 429 Too Many Requests"),
			...Array(298).fill("skipped: cancelled before it began"),
		]);
	});
});

describe("what is in flight", () => {
	const receiver = () => new Receiver(fakeClock(), new AbortController().signal);
	/** Takes as many places as there are, at most 100, and gives them back. */
	const limitOf = (of: Receiver) => {
		let taken = 0;
		while (taken < 100 && of.take(0)) taken++;
		for (let n = 0; n < taken; n++) of.leave();
		return taken;
	};

	test("is unlimited before the first refusal", () => {
		const of = receiver();
		for (let n = 0; n < 50; n++) of.take(0);
		for (let n = 0; n < 50; n++) {
			of.accepted(0);
			of.leave();
		}
		expect(limitOf(of)).toBe(100);
	});

	test("is halved by each refusal, to one at the least", () => {
		const of = receiver();
		let limit = 21;
		for (const half of [10, 5, 2, 1, 1]) {
			for (let n = 0; n < limit; n++) expect(of.take(0)).toBe(true);
			of.refused(0, undefined, "429");
			for (let n = 0; n < limit; n++) of.leave();
			limit = limitOf(of);
			expect(limit).toBe(half);
		}
	});

	test("grows by one after more successes in a row than there may be requests in flight", () => {
		const of = receiver();
		const refuse = () => {
			of.take(0);
			of.refused(0, undefined, "429");
			of.leave();
		};
		refuse();
		const limits = Array.from({ length: 12 }, () => {
			of.accepted(0);
			return limitOf(of);
		});
		expect(limits).toEqual([1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]);
		refuse();
		expect(limitOf(of)).toBe(1);
	});

	test("finds what a receiver takes at once that names no time", async () => {
		const respond = () => (_: HttpRequest, inFlight: number) => (inFlight > 5 ? refusal() : answer(200));
		const { outcomes, seen } = await fire(many(200), respond);
		expect(outcomes.map(({ status }) => status)).toEqual(delivered(200));
		const refused = seen.filter(({ inFlight }) => inFlight > 5);
		expect(refused.length).toBeLessThan(80);
		expect(Math.max(...seen.slice(40).map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(6);
	});
});
