// What a worker tells about itself: /healthz for who restarts it, /metrics for Prometheus. A bundle of its own.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Taken } from "../model/relay.ts";

/** Where to listen; port 0 takes any that is free. */
export interface MetricsPlace {
	readonly host: string;
	readonly port: number;
}

/** One delivery that has ended. */
export interface Measured {
	readonly hook: string;
	readonly status: string;
	/** Seconds, from the start of the first attempt. */
	readonly seconds: number;
}

/** Metrics of a worker, and who asks for them. */
export interface Metrics {
	readonly port: number;
	readonly delivery: (measured: Measured) => void;
	/** The store could be read. */
	readonly looked: () => void;
	/** A round has ended: why it failed, or undefined if it has not. */
	readonly round: (problem: string | undefined) => void;
	/** Events of a relay were taken, by what became of them. */
	readonly taken: (numbers: Taken) => void;
	/** Why the relay cannot be used, or undefined if it can. */
	readonly relay: (problem: string | undefined) => void;
	readonly close: () => Promise<void>;
}

/** Seconds: from a receiver nearby to the deadline of a delivery. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Serves https://prometheus.io/docs/instrumenting/exposition_formats/ under /metrics, and under /healthz 200 while the
 * store and the relay can be used, by the last round or a look into the store since, else 503 with the reason. Rejects with
 * the system's error where it cannot listen.
 */
export async function serveMetrics({ host, port }: MetricsPlace): Promise<Metrics> {
	const registers = [new Registry()];
	const [registry = new Registry()] = registers;
	const labelNames = ["hook", "status"] as const;
	const deliveries = new Counter({
		name: "pipeline_hooks_deliveries_total",
		help: "Deliveries that have ended, by hook and how",
		...{ labelNames, registers },
	});
	const seconds = new Histogram({
		name: "pipeline_hooks_delivery_seconds",
		help: "Time of a delivery with all its attempts",
		...{ labelNames: ["hook"] as const, buckets: BUCKETS, registers },
	});
	const rounds = new Counter({
		name: "pipeline_hooks_rounds_total",
		help: "Rounds in which stored messages were looked for, by how they ended",
		...{ labelNames: ["result"] as const, registers },
	});
	const last = new Gauge({
		name: "pipeline_hooks_last_round_timestamp_seconds",
		help: "When the last round ended",
		registers,
	});
	const events = new Counter({
		name: "pipeline_hooks_relayed_events_total",
		help: "Events taken from the relay: stored as deliveries, muted, unwanted by any hook, or refused",
		...{ labelNames: ["result"] as const, registers },
	});
	let problem: string | undefined = "the store has not been read yet";
	let relayProblem: string | undefined;
	const server = createServer((request, response) => {
		const path = request.url?.split("?", 1)[0];
		if (path === "/healthz") {
			const why = problem ?? relayProblem;
			response.writeHead(why === undefined ? 200 : 503, { "Content-Type": "text/plain; charset=utf-8" });
			response.end(`${why ?? "ok"}\n`);
			return;
		}
		if (path !== "/metrics") return void response.writeHead(404).end();
		void registry.metrics().then((text) => {
			response.writeHead(200, { "Content-Type": registry.contentType });
			response.end(text);
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, resolve);
	});
	const address: AddressInfo | string | null = server.address();
	return {
		port: typeof address === "object" && address !== null ? address.port : port,
		delivery: ({ hook, status, seconds: taken }) => {
			deliveries.inc({ hook, status });
			seconds.observe({ hook }, taken);
		},
		looked: () => {
			problem = undefined;
		},
		round: (why) => {
			problem = why;
			rounds.inc({ result: why === undefined ? "ok" : "failed" });
			last.setToCurrentTime();
		},
		taken: (numbers) => {
			for (const [result, number] of Object.entries(numbers)) events.inc({ result }, number);
		},
		relay: (why) => {
			relayProblem = why;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
