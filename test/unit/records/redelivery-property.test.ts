// Whatever fails, whenever, and however often is tried again: nothing is lost, sent twice or opened again.
import fc from "fast-check";
import { expect, it } from "vitest";
import { fakeRecords } from "../../helpers/fake-records.ts";
import { answer } from "../../helpers/fakes.ts";
import { preset, webhook } from "../../helpers/make.ts";
import { HOUR, MINUTE, SECOND, world } from "../../helpers/stored-runs.ts";

const SUBJECTS = ["orders", "customers"] as const;
const ALERT = { preset: preset("pagerduty"), url: undefined, options: { routing_key: "R".repeat(32) } };
const HOOKS = [
	webhook({ name: "open", retryCount: 0, selectors: [{ kind: "event", event: "pipeline_error" }], ...ALERT }),
	webhook({ name: "end", retryCount: 0, selectors: [{ kind: "event", event: "pipeline_complete" }], ...ALERT }),
	webhook({ name: "audit", retryCount: 0, selectors: [{ kind: "glob", pattern: "pipeline_*" }] }),
];

/** What a receiver does with a request that it gets. */
const ANSWERS = ["takes it", "takes it", "is down", "is down", "refuses it"] as const;
const STATUS = { "takes it": 202, "is down": 503, "refuses it": 400 } as const;

const step = fc.oneof(
	fc.record({
		kind: fc.constant("fire" as const),
		event: fc.constantFrom("pipeline_error", "pipeline_complete"),
		pipeline: fc.constantFrom(...SUBJECTS),
	}),
	// Also back.
	fc.record({
		kind: fc.constant("wait" as const),
		ms: fc.constantFrom(SECOND, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR, -MINUTE),
	}),
	fc.record({ kind: fc.constant("redeliver" as const), times: fc.constantFrom(1, 2), all: fc.boolean() }),
);

it.each([true, false])("nothing is lost, sent twice or opened again (all kept: %s)", async (keepsAll) => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 3, maxLength: 25 }),
			fc.infiniteStream(fc.constantFrom<(typeof ANSWERS)[number]>(...ANSWERS)),
			async (steps, answers) => {
				const there = world(HOOKS, { records: fakeRecords({ keepsAll }) });
				const accepted: string[] = [];
				let isLate = false;
				/** Each alert as PagerDuty keeps it: whether it is open, and the time of what has last changed it. */
				const alerts = new Map<string, { readonly action: string; readonly at: string }>();
				const reopened: string[] = [];
				there.respond = async ({ headers, body }) => {
					await new Promise(setImmediate);
					const given: keyof typeof STATUS = answers.next().value;
					const status = STATUS[given];
					if (status === 202) {
						accepted.push(headers["X-Rocky-Delivery"] ?? "");
						const said = JSON.parse(new TextDecoder().decode(body));
						if (typeof said.dedup_key === "string") {
							const before = alerts.get(said.dedup_key);
							const at: string = said.payload.timestamp;
							if (isLate && said.event_action === "trigger" && before?.action === "resolve" && before.at > at) {
								reopened.push(said.dedup_key);
							}
							if (before === undefined || before.at < at) alerts.set(said.dedup_key, { action: said.event_action, at });
						}
					}
					return answer(status);
				};
				const fired = new Set<string>();
				for (const each of steps) {
					isLate = each.kind === "redeliver";
					// What was delivered before only a store of all of it knows.
					if (each.kind === "wait") there.wait(keepsAll ? each.ms : Math.abs(each.ms));
					else if (each.kind === "redeliver") {
						const runs = Array.from({ length: each.times }, () => there.redeliver({ all: each.all }));
						const ran = await Promise.all(runs);
						for (const { warnings } of ran) expect(warnings).toEqual([]);
					} else {
						const { outcomes } = await there.fire(there.event(each.event, { pipeline: each.pipeline }));
						for (const { delivery } of outcomes) fired.add(delivery.id);
					}
				}
				const stored = there.records.all();
				const delivered = new Set(accepted);
				expect(accepted.length).toBe(delivered.size);
				expect(reopened).toEqual([]);
				for (const id of fired) {
					const record = stored[id];
					if (delivered.has(id)) {
						if (record !== undefined) expect(record.state).toBe("delivered");
						continue;
					}
					if (record === undefined) {
						// Such a store forgets what was refused or is obsolete.
						expect(keepsAll).toBe(false);
						continue;
					}
					switch (record.state) {
						case "waiting":
							expect(record.due).toBeDefined();
							break;
						case "superseded": {
							const by = stored[record.supersededBy ?? ""];
							if (keepsAll) expect(by?.eventTime).toBeGreaterThan(record.eventTime);
							break;
						}
						case "retry_limit_reached":
							expect(record.failures).toBe(7);
							break;
						case "expired":
							expect(record.expires).toBeLessThanOrEqual(Date.UTC(2026, 3, 2, 14, 30) + there.time + 12 * HOUR);
							break;
						case "failed":
							expect(record.attempts.map(({ status }) => status)).toContain(400);
							break;
						case "delivered":
							expect.unreachable();
					}
				}
			},
		),
		{ numRuns: 40 },
	);
});
