// The subjects of a relay: readable where names are plain, different wherever events are, and fit to be published to.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRelay, relayIn, relaySubject } from "../../../src/model/relay.ts";
import { parseNatsUrl } from "../../../src/net/nats-url.ts";
import { relay } from "../../../src/presets/relay.ts";
import { event, shellHook, webhook } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";

/** The subject of an event by that name of a repository; of none where that is undefined. */
function subjectOf(repository: string | undefined, name = "pipeline_error", stream = "ci"): string {
	const { definition, context } = event("pipeline_error", { ci: repository === undefined ? {} : { repository } });
	return relaySubject(stream, { definition: { ...definition, name }, context });
}

describe("the subject of an event", () => {
	it.each([
		["acme/shop", "pipeline_error", "ci.acme.shop.pipeline_error"],
		["Acme-1/shop_2", "check_result", "ci.Acme-1.shop_2.check_result"],
		["acme/data/etl/nightly", "ping", "ci.acme.data.etl.nightly.ping"],
		["acme/shop.js", "job.failed", "ci.acme.shop=2Ejs.job=2Efailed"],
		["acme/*", ">", "ci.acme.=2A.=3E"],
		["acme/a=2Eb", "a b", "ci.acme.a=3D2Eb.a=20b"],
		["acme/müller", "\n", "ci.acme.m=C3=BCller.=0A"],
		["acme//shop", "", "ci.acme.=.shop.="],
		["/", "a/b", "ci.=.=.a=2Fb"],
	])("of %j by the name %j is %s", (repository, name, subject) => {
		expect(subjectOf(repository, name)).toBe(subject);
	});

	it("is local's where no repository is known, and begins with the stream", () => {
		expect(subjectOf(undefined)).toBe("ci.local.pipeline_error");
		expect(subjectOf("acme/shop", "ping", "events-2")).toBe("events-2.acme.shop.ping");
		const { context, definition } = event();
		const { ci: _, ...rest } = context;
		expect(relaySubject("ci", { definition, context: rest })).toBe("ci.local.pipeline_error");
	});

	/** Of pieces that a careless encoding would mix up, so that names are alike more often than not. */
	const piece = fc.constantFrom(
		..."ab0.=/-_* \x00\x01\x10\u00e9\u00c3".split(""),
		"=2E",
		"2E",
		"=",
		"local",
		"\u{1f600}",
	);
	const name = fc.oneof(
		{ weight: 3, arbitrary: fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")) },
		{ weight: 1, arbitrary: oddText.map((text) => text.toWellFormed()) },
	);
	// No repository is called that alone: it is what stands for none.
	const repository = fc.option(
		name.filter((text) => text !== "local"),
		{ nil: undefined },
	);
	const pair = fc.tuple(repository, name);

	it("is no other repository's, and no other event's", () => {
		const pairs = fc.uniqueArray(pair, { maxLength: 40, selector: (each) => JSON.stringify(each) });
		fc.assert(
			fc.property(pairs, (all) => {
				expect(new Set(all.map(([of, by]) => subjectOf(of, by))).size).toBe(all.length);
			}),
			{ numRuns: 300 },
		);
	});

	it("can be published to, whatever the names are, and stays as it is in a URL", () => {
		fc.assert(
			fc.property(pair, ([of, by]) => {
				const subject = subjectOf(of, by);
				expect(parseNatsUrl(`nats://h:4222/${subject}`)).toEqual({ url: new URL(`nats://h:4222/${subject}`) });
				expect(new URL(`nats://h:4222/${subject}`).pathname).toBe(`/${subject}`);
			}),
			{ numRuns: 300 },
		);
	});

	it("tells the last part of a repository from the beginning of an event's name", () => {
		expect(subjectOf("acme", "shop/ping")).not.toBe(subjectOf("acme/shop", "ping"));
		expect(subjectOf("acme", "shop.ping")).not.toBe(subjectOf("acme/shop", "ping"));
	});
});

describe("the relay of a config", () => {
	const own = webhook({ name: "relay", preset: relay() });

	it("is found among its hooks, wherever it stands", () => {
		expect(relayIn([shellHook(), webhook(), own, webhook()])).toBe(own);
	});

	it("is none where there is none: neither a command nor a webhook is one by its name", () => {
		const others = [shellHook({ name: "relay" }), webhook({ name: "relay" })];
		expect(relayIn(others)).toBeUndefined();
		expect(relayIn([])).toBeUndefined();
		expect([...others, own].map(isRelay)).toEqual([false, false, true]);
	});
});
