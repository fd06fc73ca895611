// CloudEvents through dist: what arrives is an event to CloudEvents' own library, in every mode.
import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, test } from "vitest";
import { cli, delivered, send } from "../helpers/send.ts";
import { type Received, startServer } from "../helpers/server.ts";

/** What the library reads from requests as they came. */
function read({ headers, body }: Received): readonly CloudEvent<unknown>[] {
	const message = HTTP.toEvent<unknown>({ headers, body });
	const events = Array.isArray(message) ? message : [message];
	return events.map((event) => {
		const whole = event instanceof CloudEvent ? event : new CloudEvent<unknown>(event);
		expect(whole.validate()).toBe(true);
		return whole;
	});
}

describe.each([
	["structured", "application/cloudevents+json"],
	["binary", "application/json"],
])("in %s mode", (mode, type) => {
	test("the library reads the whole event", async () => {
		const server = await startServer({ status: 202 });
		const keys = `preset = "cloudevents"\nmode = "${mode}"\ntype_prefix = "com.example.data"`;
		expect(await send(server.url, keys)).toMatchObject(delivered());
		const [request] = server.requests;
		if (request === undefined) throw new Error("nothing was sent");
		expect(request.headers["content-type"]).toBe(type);
		const [event, ...others] = read(request);
		expect(others).toEqual([]);
		expect(event).toMatchObject({
			specversion: "1.0",
			type: "com.example.data.pipeline_start",
			source: "https://github.com/acme/warehouse",
			subject: "nightly",
			data: { event: "pipeline_start", id: event?.id, ci: { repository: "acme/warehouse" } },
		});
		// The library writes milliseconds also where there are none.
		expect(Date.parse(Object(event?.data).timestamp)).toBe(Date.parse(event?.time ?? ""));
	});
});

test("a batch is in the batch format, every event of it valid, and what headers do not allow is encoded", async () => {
	const server = await startServer({ status: 202 });
	const hook = (name: string, more: string) =>
		`[[subscription]]\nname = "${name}"\nevents = ["phase:table"]\nurl = "${server.url}/${name}"\npreset = "cloudevents"\n${more}\n`;
	const lines = ["größe ✓", 'a "b" %'].map((table, index) =>
		JSON.stringify({ event: "after_materialize", id: `evt_${index}`, timestamp: "2026-04-02T14:30:00.5Z", table }),
	);
	const run = await cli(
		["fire", "--events-file", "events.jsonl"],
		hook("batch", "batch_size = 10") + hook("binary", 'mode = "binary"'),
		{ files: { "events.jsonl": lines.join("\n") } },
	);
	expect(run).toMatchObject({ code: 0, stderr: "" });

	const [batch] = server.requests.filter(({ path }) => path === "/batch");
	if (batch === undefined) throw new Error("no batch was sent");
	expect(batch.headers["content-type"]).toBe("application/cloudevents-batch+json");
	const events = read(batch);
	expect(events.map(({ id, subject }) => [id, subject])).toEqual([
		["evt_0", "größe ✓"],
		["evt_1", 'a "b" %'],
	]);

	const binary = server.requests
		.filter(({ path }) => path === "/binary")
		.toSorted((a, b) => (a.body < b.body ? -1 : 1));
	expect(binary.map(({ headers }) => headers["ce-subject"])).toEqual([
		"gr%C3%B6%C3%9Fe%20%E2%9C%93",
		"a%20%22b%22%20%25",
	]);
	expect(binary.flatMap(read).map(({ id, data }) => [id, data])).toEqual(events.map(({ id, data }) => [id, data]));
});
