// The target of a hook as it is shown: a host at most, and of anything else nothing but the variable's name.
import { expect, it } from "vitest";
import { showTarget } from "../../../src/deliver/target.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { preset, shellHook, webhook } from "../../helpers/make.ts";

it.each([
	["https://user:password@example.com:8443/in?token=1", "https://example.com:8443/…"],
	[" HTTPS://EXAMPLE.com\n", "https://example.com/…"],
	["http://127.1/", "http://127.0.0.1/…"],
	["nats://user:password@127.1:4223/ci.secret", "nats://127.0.0.1:4223/…"],
	[" NATS://nats.example.com/ci.secret\n", "tls://nats.example.com:4222/…"],
	["nats://secret", "${URL}"],
	["nats://user:password@one.example.com,two.example.com/ci", "${URL}"],
	["user:password@example.com", "${URL}"],
	["key-id:key", "${URL}"],
	["key-id:https://key", "${URL}"],
	["https:/secret", "${URL}"],
	["https:\\\\secret", "${URL}"],
	["https://example.com\n/secret", "${URL}"],
	["https://", "${URL}"],
	["file://secret/", "${URL}"],
	["secret", "${URL}"],
	["", "${URL}"],
])("%j is shown as %s", (text, shown) => {
	expect(showTarget(webhook({ url: parseReference("${URL}") }), { URL: text })).toBe(shown);
});

it("a part of a URL that is none is not shown either", () => {
	const hook = webhook({ url: parseReference("secret:${A}@${B}") });
	expect(showTarget(hook, { A: "a", B: "b" })).toBe("${A} ${B}");
	expect(showTarget(webhook({ url: parseReference("secret") }), {})).toBe("an unusable URL");
});

it("a service that has an address is its own target", () => {
	expect(showTarget(webhook({ url: undefined, preset: preset("pagerduty") }), {})).toBe("PagerDuty");
});

it("a command is its own target", () => {
	expect(showTarget(shellHook({ command: "sh\n  gate.sh" }), {})).toBe("sh gate.sh");
});
