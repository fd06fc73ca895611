// What a worker tells about itself: its health, and its numbers for Prometheus.
import { expect, it, onTestFinished } from "vitest";
import { serveMetrics } from "../../../src/receiver/metrics.ts";

/** Metrics on a port of their own, and what asks for one of their pages. */
async function serve() {
	const metrics = await serveMetrics({ host: "127.0.0.1", port: 0 });
	onTestFinished(() => metrics.close());
	const get = async (path: string) => {
		const response = await fetch(`http://127.0.0.1:${metrics.port}${path}`);
		return [response.status, await response.text()] as const;
	};
	return { metrics, get };
}

it("is healthy as soon as its store could be read, and after a round that has failed again then", async () => {
	const { metrics, get } = await serve();
	metrics.looked();
	expect(await get("/healthz")).toEqual([200, "ok\n"]);
	metrics.round("the disk is full");
	expect(await get("/healthz")).toEqual([503, "the disk is full\n"]);
	metrics.looked();
	expect(await get("/healthz")).toEqual([200, "ok\n"]);
	metrics.relay("the stream is full");
	metrics.looked();
	expect(await get("/healthz")).toEqual([503, "the stream is full\n"]);
});

it("is healthy only after a round that has succeeded, and counts rounds, deliveries and their times", async () => {
	const { metrics, get } = await serve();
	expect(await get("/healthz")).toEqual([503, "the store has not been read yet\n"]);
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

it("is not healthy while its relay cannot be used, whatever its rounds do, and is again after", async () => {
	const { metrics, get } = await serve();
	metrics.relay("the relay cannot be read: nats://h:4222: refused");
	expect(await get("/healthz")).toEqual([503, "the store has not been read yet\n"]);
	metrics.round(undefined);
	expect(await get("/healthz")).toEqual([503, "the relay cannot be read: nats://h:4222: refused\n"]);
	metrics.round(undefined);
	expect(await get("/healthz")).toEqual([503, "the relay cannot be read: nats://h:4222: refused\n"]);
	metrics.relay(undefined);
	expect(await get("/healthz")).toEqual([200, "ok\n"]);
	metrics.round("the disk is full");
	metrics.relay(undefined);
	expect(await get("/healthz")).toEqual([503, "the disk is full\n"]);
	metrics.round(undefined);
	metrics.relay("the stream is full");
	expect(await get("/healthz")).toEqual([503, "the stream is full\n"]);
});

it("counts the events of its relay by what became of them", async () => {
	const { metrics, get } = await serve();
	const counted = async () =>
		(await get("/metrics"))[1].split("\n").filter((line) => line.startsWith("pipeline_hooks_relayed_events_total"));
	expect(await counted()).toEqual([]);
	metrics.taken({ stored: 500, muted: 4, unwanted: 2, refused: 0 });
	metrics.taken({ stored: 1, muted: 0, unwanted: 0, refused: 3 });
	expect(await counted()).toEqual([
		'pipeline_hooks_relayed_events_total{result="stored"} 501',
		'pipeline_hooks_relayed_events_total{result="muted"} 4',
		'pipeline_hooks_relayed_events_total{result="unwanted"} 2',
		'pipeline_hooks_relayed_events_total{result="refused"} 3',
	]);
});
