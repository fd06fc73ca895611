// What is kept of the outcomes of many events.
import { expect, test } from "vitest";
import type { Events } from "../../../src/model/event.ts";
import { Collector } from "../../../src/report/collect.ts";
import { event, webhook } from "../../helpers/make.ts";

function batch(size: number) {
	const at = (line: number) => ({
		...event("pipeline_error", { id: `evt_${line}`, metadata: { big: "x".repeat(99) } }),
		line,
	});
	const events: Events = [at(1), ...Array.from({ length: size - 1 }, (_, index) => at(index + 2))];
	const delivery = { id: "dlv_1", hook: webhook({ batchSize: 100 }), events };
	return { delivery, status: "delivered", reason: "", target: "", attempts: [], durationMs: 0, notes: [] } as const;
}

test("all of many are counted, 2000 of each status kept, and of their events what names them", () => {
	const collector = new Collector(true);
	for (let number = 0; number < 2500; number++) collector.add(batch(1 + (number % 3)));
	const { outcomes, counts, result } = collector.collected();
	expect([outcomes.length, counts, result]).toEqual([
		2000,
		{ delivered: 2500, failed: 0, skipped: 0, held: 0 },
		"passed",
	]);
	const three = outcomes[2]?.delivery.events ?? [];
	expect([three.length, three[0]?.line, three.at(-1)?.line, three[0]?.context.id]).toEqual([3, 1, 3, "evt_1"]);
	expect(JSON.stringify(outcomes.map(({ delivery }) => delivery.events))).not.toContain("big");
});

test("all of one event are kept, as they are, in the order of the file", () => {
	const collector = new Collector(false);
	const [a, b] = [batch(2), batch(2)];
	collector.add(b);
	collector.add(a);
	expect(collector.collected().outcomes).toEqual([a, b]);
});
