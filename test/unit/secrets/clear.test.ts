// A text that is clear of secrets is given back at once: nothing is prepared to search it.
import { expect, test, vi } from "vitest";
import { Automaton } from "../../../src/secrets/automaton.ts";
import { createMask } from "../../../src/secrets/mask.ts";

/** Is called while a search is prepared, and for every character that is searched. */
const spy = () => vi.spyOn(Automaton.prototype, "next");

const SECRETS = [
	"/services/T0123456789/bzq91xk",
	"T0123456789",
	"correct horse battery",
	"Bearer ghs_0123456789abcdef",
];

test("the texts of the usual run build no search", () => {
	const searching = spy();
	const mask = createMask(SECRETS);
	for (const text of [
		"✓ slack-errors → https://hooks.slack.com/… · 200 · 2 attempts · 1.2 s",
		'{"id":"evt_7123f5678ea9bcd4","pipeline":"acme/data-warehouse","owners":["Ada  Byron"],"rows":1152921506151679042}',
		"da39a3ee5e6b4b0d3255bfef95601890afd80709\tpipeline_complete-webhook-1\n",
		"a horse\nand a  batt",
	]) {
		expect(mask(text)).toBe(text);
	}
	expect(searching).not.toHaveBeenCalled();

	expect(mask("it said T0123456789")).toBe("it said ***");
	expect(searching).toHaveBeenCalled();
});

test.each(["correct\nhorse  battery", "correc…", "battery", btoa("Bearer ghs_"), "'\\''", "100 %"])(
	"what may have a part of a secret is searched: %j",
	(text) => {
		const searching = spy();
		createMask(SECRETS)(text);
		expect(searching).toHaveBeenCalled();
	},
);
