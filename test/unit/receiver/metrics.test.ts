// What a worker tells about itself: its health, and its numbers for Prometheus.
import { expect, it, onTestFinished } from "vitest";
import { serveMetrics } from "../../../src/receiver/metrics.ts";

it("is healthy only after a round that has succeeded, and counts rounds, deliveries and their times", async () => {
	const metrics = await serveMetrics({ host: "127.0.0.1", port: 0 });
	onTestFinished(() => metrics.close());
	const get = async (path: string) => {
		const response = await fetch(`http://127.0.0.1:${metrics.port}${path}`);
		return [response.status, await response.text()] as const;
	};
	expect(await get("/healthz")).toEqual([503, "no round has ended yet\n"]);
	metrics.round(undefined);
	expect(await get("/healthz")).toEqual([200, "ok\n"]);
	metrics.round("the disk is full");
	expect(await get("/healthz")).toEqual([503, "the disk is full\n"]);
	metrics.delivery({ hook: "audit", status: "delivered", seconds: 0.2 });
	const [status, text] = await get("/metrics");
	expect(status).toBe(200);
	for (const line of [
		'pipeline_hooks_deliveries_total{hook="audit",status="delivered"} 1',
		'pipeline_hooks_delivery_seconds_bucket{le="0.1",hook="audit"} 0',
		'pipeline_hooks_delivery_seconds_bucket{le="0.25",hook="audit"} 1',
		'pipeline_hooks_delivery_seconds_sum{hook="audit"} 0.2',
		'pipeline_hooks_rounds_total{result="ok"} 1',
		'pipeline_hooks_rounds_total{result="failed"} 1',
	]) {
		expect(text.split("\n")).toContain(line);
	}
	const [, last] = /^pipeline_hooks_last_round_timestamp_seconds (\S+)$/m.exec(text) ?? [];
	expect(Math.abs(Number(last) - Date.now() / 1000)).toBeLessThan(60);
});
