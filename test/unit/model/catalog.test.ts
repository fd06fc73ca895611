// Which names an event of one's own may have.
import fc from "fast-check";
import { expect, it } from "vitest";
import { isEventName, vocabulary } from "../../../src/model/catalog.ts";
import { parse, problemsOf } from "../../helpers/parse.ts";

it("has the creation of a cluster, which nobody is paged for", () => {
	expect(vocabulary().find("cluster.created")).toEqual({
		name: "cluster.created",
		phase: "cluster",
		status: "info",
		title: "Cluster created",
	});
});

const declared = (name: string) => `[hook.ping]\ncommand = "x"\n[event.${JSON.stringify(name)}]`;

it.each(["deploy_approved", "deployApproved", "deploy.approved-2", "on_deploy", "webhooks2", "a".repeat(100)])(
	"may be %s",
	(name) => {
		expect(isEventName(name)).toBe(true);
		expect(parse(declared(name)).events).toMatchObject([{ name }]);
	},
);

it.each(["", "1st", "_a", "job.*", "phase:quality", "a b", "a\n", "é", "webhooks", "webhooks.a", "a".repeat(101)])(
	"cannot be %j",
	(name) => {
		expect(isEventName(name)).toBe(false);
		expect(problemsOf(declared(name))).toHaveLength(1);
	},
);

it("is what a config may declare, whatever the text", () => {
	const text = fc.stringMatching(/^[A-Za-z]?[\w.*:-]{0,6}$/);
	fc.assert(fc.property(text, (name) => isEventName(name) === (problemsOf(declared(name)).length === 0)));
});
