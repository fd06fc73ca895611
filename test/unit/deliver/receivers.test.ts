// What a receiver asks for holds for every delivery to it: waits, how many are in flight, whose turn it is, and the end.
import { describe, expect, test } from "vitest";
import { Receiver, Receivers, showMs } from "../../../src/deliver/receivers.ts";
import { Slots } from "../../../src/deliver/slots.ts";
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

	test.each([60, 3600])(
		"of %i s is past the deadline and fails at once what has begun, what has not, and a gate",
		async (wait) => {
			const asked = `Retry-After asks for ${wait} s, past the deadline of 60000 ms`;
			const notSent = `not sent: an earlier delivery failed (429 Too Many Requests), and ${asked}`;
			const { ended, outcomes, now } = await fire(many(3), () => () => refusal(wait), concurrency(1));
			expect(ended).toEqual([
				["h1", "failed", `429 Too Many Requests; ${asked}`],
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
			const { ended: gated } = await fire(gates, () => () => refusal(wait));
			expect(gated.map(([, status]) => status)).toEqual(["failed", "skipped"]);
		},
	);

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

	test("that ends all waiting is told where a longer wait is asked for meanwhile", async () => {
		const times = [refusal(1), refusal(1), refusal(100)];
		const { ended } = await fire(many(2), () => () => times.shift() ?? answer(200));
		const asked = "429 Too Many Requests; Retry-After asks for 100 s, past the deadline of 60000 ms";
		expect(ended).toEqual([
			["h1", "failed", `${asked}, after 2 attempts`],
			["h2", "failed", asked],
		]);
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

	test("does not end it either where the receiver rejects others for good", async () => {
		const rejecting = (clock: Clock) => {
			const accepting = onePer(clock, 1000);
			return () => {
				const result = accepting();
				return result.kind === "response" && result.status === 200 ? answer(404) : result;
			};
		};
		const { outcomes } = await fire(many(60, { deadlineMs: 10_000 }), rejecting, concurrency(4));
		expect(outcomes.map(({ httpStatus }) => httpStatus)).toEqual(Array(60).fill(404));
	});

	test("is not counted from a failure a minute ago", async () => {
		const hook = (name: string, path = "") => webhook({ name, url: to(path), retryCount: 0, deadlineMs: 10_000 });
		const times = [answer(503), refusal(1)];
		const respond = (clock: ReturnType<typeof fakeClock>) => (request: HttpRequest) => {
			if (request.url.pathname !== "/slow") return times.shift() ?? answer(200);
			clock.advance(61_000);
			return answer(200);
		};
		const hooks = [hook("failed"), hook("slow", "slow"), hook("refused"), hook("waits")];
		const { ended } = await fire(hooks, respond, concurrency(1));
		expect(ended.map(([, status]) => status)).toEqual(["failed", ...delivered(3)]);
	});

	test("ends waiting for a receiver that fails after it accepted something, and says how", async () => {
		const silent: HttpResult = { kind: "failure", cause: "timeout", detail: "no response within 1000 ms" };
		const results = [refusal(), answer(200)];
		const { outcomes } = await fire(
			many(700, { retryCount: 0, deadlineMs: 5000 }),
			() => () => results.shift() ?? silent,
			concurrency(3),
		);
		expect(outcomes.at(-1)?.failure?.reason).toMatch(
			/^not sent: an earlier delivery failed \(no response within 1000 ms\), and the receiver has accepted nothing for 5 s$/,
		);
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
		expect(new Set(outcomes.slice(2).map(({ skipCause }) => skipCause))).toEqual(new Set(["cancelled"]));
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

describe("a receiver", () => {
	const NOT_BEGUN = { startedAt: undefined, deadlineMs: 10_000 };
	const refuse = (of: Receiver, at: number, askedMs?: number, places = 1) => {
		for (let n = 0; n < places; n++) of.take(at);
		of.refused(at, askedMs, "429");
		for (let n = 0; n < places; n++) of.leave();
	};
	const idle = async () => {
		for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
	};
	/** As {@link idle}, without letting the clock move on. */
	const sameTime = async () => {
		for (let n = 0; n < 50; n++) await undefined;
	};
	/** One that asks for a second and takes so many requests at once, for as many slots, which are in use. */
	function waiting(places = 1) {
		const [clock, controller, slots] = [fakeClock(), new AbortController(), new Slots(places)];
		const of = new Receiver(clock, controller.signal);
		refuse(of, 0, 1000, 2 * places);
		for (let n = 0; n < places; n++) slots.take();
		return { clock, controller, slots, of };
	}

	test("is sent to again once its wait is over, and by nobody before those who wait for that", async () => {
		const { clock, of, slots } = waiting();
		expect([of.take(999), of.take(1000)]).toEqual([false, true]);
		of.leave();
		const turn = of.turn(NOT_BEGUN, slots);
		clock.advance(1000);
		expect(of.take(1000)).toBe(false);
		expect(await turn).toBe("go");
	});

	test("that refuses a minute after its last failure and wait begins a new series, and else goes on with the old", async () => {
		const turnAfter = async (fails: (of: Receiver) => void, at: number) => {
			const clock = fakeClock();
			const of = new Receiver(clock, new AbortController().signal);
			fails(of);
			clock.advance(at);
			refuse(of, at, 1000);
			return of.turn(NOT_BEGUN, new Slots(1));
		};
		const late = (seconds: number) => ({
			askedMs: 1000,
			reason: `not sent: an earlier delivery failed (429), and the receiver has accepted nothing for ${seconds} s and asks for 1 s more`,
		});
		expect(await turnAfter((of) => of.failed(2000, "503"), 62_001)).toBe("go");
		expect(await turnAfter((of) => of.failed(2000, "503"), 62_000)).toEqual(late(60));
		expect(await turnAfter((of) => refuse(of, 0, 100_000), 100_000)).toEqual(late(100));
	});

	test.each<[string, (given: ReturnType<typeof waiting>) => void, unknown, number]>([
		["nothing", () => {}, "go", 1000],
		["another refusal", ({ of }) => of.refused(1000, 5000, "429"), "go", 6000],
		["a cancellation", ({ controller }) => controller.abort(), "cancelled", 1000],
		["the deadline", ({ clock }) => clock.advance(9000), expect.objectContaining({ askedMs: 0 }), 10_000],
	])("gives a place that waits for a slot; meanwhile comes %s", async (_, meanwhile, turn, at) => {
		const given = waiting();
		const { clock, of, slots } = given;
		const waits = of.turn({ startedAt: 0, deadlineMs: 10_000 }, slots);
		slots.take();
		await idle();
		meanwhile(given);
		slots.leave();
		expect([await waits, clock.monotonic()]).toEqual([turn, at]);
	});

	test("takes a place back that is too many once there is a slot for it", async () => {
		const { of, slots } = waiting(2);
		const gone: string[] = [];
		for (const name of ["one", "other"]) void of.turn(NOT_BEGUN, slots).then((turn) => gone.push(`${name}: ${turn}`));
		slots.take();
		slots.take();
		await idle();
		of.refused(1000, undefined, "429");
		slots.leave();
		slots.leave();
		await sameTime();
		expect(gone).toEqual(["other: go"]);
		of.leave();
		await sameTime();
		expect(gone).toEqual(["other: go", "one: go"]);
	});
});

test.each([
	[0.4, "0 ms"],
	[999.4, "999 ms"],
	[999.5, "1 s"],
	[61_499, "61 s"],
])("%d ms are shown as %s", (ms, shown) => {
	expect(showMs(ms)).toBe(shown);
});
