// An event as a relay brings it: the one that was published, and only under the subject of its own repository.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import { completeEvent } from "../../../src/model/context.ts";
import type { PipelineEvent } from "../../../src/model/event.ts";
import { readLine } from "../../../src/run/lines.ts";
import { redactContext } from "../../../src/secrets/context.ts";
import { createMask } from "../../../src/secrets/mask.ts";
import { writeHeld } from "../../../src/store/held-event.ts";
import { readRelayed } from "../../../src/store/relayed-event.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { delivery, event, type Told } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";
import { webhook } from "../../helpers/parse.ts";

const hook = webhook('[relay]\nnats = "nats://localhost"');

/** What a job publishes. */
function published(of: PipelineEvent): { readonly subject: string; readonly text: string } {
	const made = makeMessage(delivery(hook, of), {});
	if (!("url" in made)) throw new Error("no message");
	return { subject: made.url.pathname.slice(1), text: new TextDecoder().decode(made.body) };
}

type Relayed = ReturnType<typeof published>;
const read = (relayed: Relayed, stream = "ci") => readRelayed(relayed, stream, (given) => given);

const CI = { provider: "github", repository: "acme/shop" };
const shop = (given: Told = {}) => event("pipeline_error", { error: "boom", ci: CI, ...given });

const IDS = { id: "evt_1", run_id: "run_1", timestamp: "2026-04-02T14:30:00Z" };
const NAMED = { name: "pipeline_error", phase: "pipeline", status: "failure", title: "Pipeline failed" };

/** What a job of the shop publishes, with other values in the message. */
function changed(change: JsonObject): Relayed {
	const { subject, text } = published(shop());
	return { subject, text: JSON.stringify({ ...JSON.parse(text), ...change }) };
}

describe("an event of a relay", () => {
	const found = fc.constantFrom<Pick<PipelineEvent, "run" | "line">>(
		{},
		{ run: { resource: { id: 1, deep: [{ a: null }] } } },
		{ run: { reason: "the API answered 500" }, line: 1 },
		{ line: Number.MAX_SAFE_INTEGER },
	);
	const repository = fc.option(oddText, { nil: undefined });

	it("is read as it was published, without its routing key, whatever event it is", () => {
		fc.assert(
			fc.property(anyEvent, found, repository, ({ definition: { name, phase, status, title }, context }, more, of) => {
				// As every event is put together: of JSON and TOML that were read.
				const definition = { name, phase: phase.toWellFormed(), status, title: title.toWellFormed() };
				const given = readLine({ number: 1, text: JSON.stringify({ ...context, ci: undefined }) });
				const ci = { ...CI, ...(of !== undefined && { repository: of.toWellFormed() }), branch: "main" };
				const defaults = { id: "evt_1", run_id: "run_1", pipeline: "etl", now: new Date(0), ci };
				const whole = { ...completeEvent(definition, given, defaults), ...more };
				const metadata = { ...whole.context.metadata, routing_key: "R0UT1NG" };
				const again = read(published({ ...whole, context: { ...whole.context, metadata } }));
				expect("event" in again ? [writeHeld(again.event), again.event.line] : again.problem).toEqual([
					writeHeld(whole),
					whole.line,
				]);
			}),
			{ numRuns: 60 },
		);
	});

	it.each([
		["ci.acme.bank.pipeline_error", "ci"],
		["ci.acme.shop.pipeline_complete", "ci"],
		["ci.acme.pipeline_error", "ci"],
		["ci.local.pipeline_error", "ci"],
		["ci.acme.shop.pipeline_error.more", "ci"],
		["CI.acme.shop.pipeline_error", "ci"],
		["dead.ci.acme.shop.pipeline_error", "ci"],
		["ci.acme.shop.pipeline_error", "events"],
	])("is refused under the subject %s of the stream %s, which is not its own", (subject, stream) => {
		const problem = "its repository or event does not match its subject";
		expect(read({ ...published(shop()), subject }, stream)).toEqual({ problem });
	});

	it("is taken under its own subject, and refused there where it says to be another repository's", () => {
		expect(read(published(shop()))).toEqual({ event: shop() });
		for (const repository of ["acme/bank", "acme/shop/x", "acme", "acme.shop", "Acme/shop"]) {
			const { text } = published(shop({ ci: { ...CI, repository } }));
			expect(read({ ...published(shop()), text })).toEqual({
				problem: "its repository or event does not match its subject",
			});
		}
	});

	it.each<[JsonObject, string]>([
		[{ version: 2 }, "its version is not 1: update this worker"],
		[{ version: "1" }, "its version is not 1: update this worker"],
		[{ version: null }, "its version is not 1: update this worker"],
		[{ context: null }, "it has no context"],
		[{ context: [] }, "it has no context"],
		[{ context: "{}" }, "it has no context"],
		[{ context: {} }, "its context has no id"],
		[{ context: { ...IDS, id: "" } }, "its context has no id"],
		[{ context: { ...IDS, id: [] } }, "its context has no id"],
		[{ context: { ...IDS, run_id: "" } }, "its context has no run_id"],
		[{ context: { ...IDS, timestamp: null } }, "its context has no timestamp"],
		[{ context: IDS }, "it does not say in which run it happened"],
		[{ context: { ...IDS, ci: { ...CI, repository: 5 } } }, "it does not say in which run it happened"],
		[{ context: { ...IDS, ci: { ...CI, attempt: "1" } } }, "it does not say in which run it happened"],
		[{ context: { ...IDS, ci: CI, later: 1 } }, 'its context: unknown key "later"'],
		[{ definition: { ...NAMED, name: "a\r\nX: 1" } }, "its name is not one that an event can have"],
		[{ definition: { ...NAMED, name: "" } }, "its name is not one that an event can have"],
		[{ definition: null }, "it does not say which event it was"],
	])("is not made of a message with %j", (change, problem) => {
		expect(read(changed(change))).toEqual({ problem });
	});

	it.each([
		["", "it is not JSON (it ends too early)"],
		["no JSON", "it is not JSON (wrong at column 1)"],
		["[]", "it is JSON, but not an object"],
		['"{}"', "it is JSON, but not an object"],
		['{"version":1}}', "it is not JSON (wrong at column 14)"],
		['{"version":1,"version":1}', "it has a key twice in one object (again at column 14)"],
	])("is not made of %j", (text, problem) => {
		expect(read({ ...published(shop()), text })).toEqual({ problem });
	});

	it("has a context that is nested as deep as any may be, and no deeper", () => {
		/** An event whose context has so many levels. */
		const nested = (levels: number) => {
			const metadata: JsonObject = JSON.parse(`${'{"a":'.repeat(levels - 2)}{}${"}".repeat(levels - 2)}`);
			return shop({ metadata });
		};
		expect(read(published(nested(500)))).toEqual({ event: nested(500) });
		expect(read(published(nested(501)))).toEqual({ problem: "it is nested deeper than 501 levels" });
	});

	it("keeps its line, and has none where that is no line", () => {
		expect(read(changed({ line: 7 }))).toEqual({ event: { ...shop(), line: 7 } });
		for (const line of [0, -1, 1.5, 2 ** 53, "7", true, null, [7]] satisfies readonly Json[]) {
			expect(read(changed({ line })), String(line)).toStrictEqual({ event: shop() });
		}
	});

	it("is redacted by what the worker knows to be secret, and stays its repository's", () => {
		const secret = "acme/shop";
		const receive = (given: Parameters<Parameters<typeof readRelayed>[2]>[0]) =>
			redactContext(given, createMask([secret])).context;
		const of = shop({ error: `clone of ${secret} failed`, ci: { ...CI, commit_message: `Move ${secret}` } });
		expect(readRelayed(published(of), "ci", receive)).toEqual({
			event: shop({ error: "clone of *** failed", ci: { ...CI, commit_message: "Move ***" } }),
		});
	});

	it("is refused with a credential, before anything of it is redacted everywhere", () => {
		const seen: unknown[] = [];
		for (const value of ['"acme"', "5", "null"]) {
			const { subject, text } = published(shop({ metadata: { key: "x" } }));
			const found = readRelayed(
				{ subject, text: text.replace('"key":"x"', `"routing_key":${value}`) },
				"ci",
				(given) => {
					seen.push(given);
					return given;
				},
			);
			expect(found).toEqual({ problem: "its metadata carries a secret" });
		}
		expect(seen).toEqual([]);
	});
});
