// Deliveries of any kind to receivers of any kind: nobody is sent to before it wants it or more than it takes, and all ends.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Receivers } from "../../../src/deliver/receivers.ts";
import { Slots } from "../../../src/deliver/slots.ts";
import { sendWebhook } from "../../../src/deliver/webhook.ts";
import type { Outcome } from "../../../src/model/delivery.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { Http, HttpResult } from "../../../src/ports.ts";
import { answer, fakeClock, fakeLog } from "../../helpers/fakes.ts";
import { refusal } from "../../helpers/limited.ts";
import { delivery, NO_PEOPLE, webhook } from "../../helpers/make.ts";

/** What the model knows of a receiver. */
interface Model {
	notBefore: number;
	limit: number;
	inFlight: number;
	successes: number;
}

const seconds = fc.constantFrom(0, 0.05, 0.2, 1, 3, 9, 100);
const result: fc.Arbitrary<HttpResult> = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(200, 204, 404).map((status) => answer(status)) },
	{ weight: 3, arbitrary: seconds.map((asked) => refusal(asked)) },
	{ weight: 2, arbitrary: fc.constant(refusal()) },
	fc.tuple(seconds, fc.constantFrom(503, 500, 408)).map(([asked, status]) => refusal(asked, status)),
	fc.constant(answer(502)),
	fc.constantFrom("refused", "reset", "tls").map((cause): HttpResult => ({ kind: "failure", cause, detail: cause })),
);
const script = fc.array(fc.record({ result, latencyMs: fc.integer({ min: 0, max: 1500 }) }), {
	minLength: 1,
	maxLength: 12,
});
const sending = fc.record({
	to: fc.nat(2),
	gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 })),
	deadlineMs: fc.integer({ min: 500, max: 20_000 }),
	timeoutMs: fc.integer({ min: 100, max: 2000 }),
	retryCount: fc.nat(3),
});

test("any deliveries to any receivers", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.tuple(script, script, script),
			fc.array(sending, { minLength: 1, maxLength: 30 }),
			fc.integer({ min: 1, max: 6 }),
			fc.option(fc.integer({ min: 0, max: 20_000 })),
			async (scripts, sendings, width, cancelAfterMs) => {
				const clock = fakeClock();
				const controller = new AbortController();
				const { signal } = controller;
				if (cancelAfterMs !== null) void clock.sleep(cancelAfterMs).then(() => controller.abort());
				const models = scripts.map((): Model => ({ notBefore: 0, limit: Infinity, inFlight: 0, successes: 0 }));
				const asked = scripts.map(() => 0);
				const first = new Map<string, number>();
				const requests = new Map<string, number>();
				const wrong: string[] = [];
				let inFlight = 0;

				const http: Http = {
					send: async ({ url, headers, timeoutMs }) => {
						const index = Number(url.pathname.slice(1));
						const model = models[index];
						const steps = scripts[index];
						const id = headers["X-Rocky-Delivery"] ?? "";
						const step = steps?.[(asked[index] ?? 0) % steps.length];
						if (model === undefined || step === undefined) throw new Error("no such receiver");
						const now = clock.monotonic();
						const start = first.get(id) ?? now;
						first.set(id, start);
						requests.set(id, (requests.get(id) ?? 0) + 1);
						asked[index] = (asked[index] ?? 0) + 1;
						model.inFlight++;
						inFlight++;
						const left = (sendings[Number(id.slice(4))]?.deadlineMs ?? 0) - (now - start);
						if (now < model.notBefore) wrong.push(`sent at ${now}, before ${model.notBefore}`);
						if (model.inFlight > model.limit) wrong.push(`${model.inFlight} to a receiver of ${model.limit}`);
						if (inFlight > width) wrong.push(`${inFlight} in ${width} slots`);
						if (left <= 0) wrong.push("sent after its deadline");
						if (signal.aborted) wrong.push("sent after cancellation");
						await clock.sleep(Math.min(timeoutMs, step.latencyMs), signal);
						const ended = ending(step.result, step.latencyMs >= timeoutMs, signal);
						learn(model, ended, clock.monotonic());
						model.inFlight--;
						inFlight--;
						return ended;
					},
					close: () => {},
				};

				const shared = {
					connections: "single" as const,
					readCaFile: async () => ({ pem: "" }),
					receivers: new Receivers(clock, signal),
					people: NO_PEOPLE,
					signal,
					onBegin: () => {},
				};
				const ports = { clock, http, log: fakeLog(), env: {}, random: () => 0.5 };
				const slots = new Slots(width);
				const outcomes: Promise<Outcome>[] = [];
				for (const [n, { to, gapMs, ...given }] of sendings.entries()) {
					await clock.sleep(gapMs, signal);
					if (signal.aborted) break;
					const hook = webhook({ ...given, name: String(n), url: parseReference(`https://example.com/${to}`) });
					await slots.enter();
					if (signal.aborted) slots.leave();
					else outcomes.push(sendWebhook(delivery(hook), ports, shared, slots).finally(() => slots.leave()));
				}
				const ended = await Promise.all(outcomes);
				expect(wrong).toEqual([]);
				for (const { delivery: of, status, failure, attempts } of ended) {
					expect(attempts).toHaveLength(requests.get(of.id) ?? 0);
					expect(status === "failed").toBe(failure !== undefined);
					if (status === "skipped") expect(signal.aborted && attempts.length === 0).toBe(true);
				}
			},
		),
		{ numRuns: 150 },
	);
});

function ending(result: HttpResult, isLate: boolean, { aborted }: AbortSignal): HttpResult {
	if (aborted) return { kind: "failure", cause: "cancelled", detail: "cancelled" };
	return isLate ? { kind: "failure", cause: "timeout", detail: "no answer" } : result;
}

function learn(model: Model, result: HttpResult, now: number): void {
	if (result.kind === "failure") return;
	const written = result.headers["retry-after"];
	if (result.status !== 429 && written === undefined) {
		if (result.status >= 500) return;
		if (++model.successes > model.limit) {
			model.limit++;
			model.successes = 0;
		}
		return;
	}
	if (written !== undefined) model.notBefore = Math.max(model.notBefore, now + Number(written) * 1000);
	model.limit = Math.max(1, Math.floor(Math.min(model.limit, model.inFlight) / 2));
	model.successes = 0;
}
