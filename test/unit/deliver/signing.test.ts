// How a delivery is signed: by every scheme of its hook, afresh at the time of each attempt, or not at all.
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { preview, previewAnywhere } from "../../../src/deliver/preview.ts";
import { Receivers } from "../../../src/deliver/receivers.ts";
import { Slots } from "../../../src/deliver/slots.ts";
import { sendWebhook } from "../../../src/deliver/webhook.ts";
import type { Webhook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { checkSignature } from "../../../src/signature/verify.ts";
import { answer, fakeClock, fakeHttp, fakeLog } from "../../helpers/fakes.ts";
import { delivery, NO_PEOPLE, preset, webhook } from "../../helpers/make.ts";
import { OTHER_SECRET, SECRET, TOGETHER } from "../../helpers/signing.ts";

const ENV = { NEW: SECRET, OLD: `${OTHER_SECRET}\n`, PLAIN: "hunter2-hunter2" };
const signing = (variables: readonly string[], given: Partial<Webhook> = {}) =>
	delivery(webhook({ name: "hook", secrets: variables.map((name) => parseReference(`\${${name}}`)), ...given }));

describe("each attempt", () => {
	it("is signed afresh by every scheme, with the same id and the time at which it is sent", async () => {
		const http = fakeHttp(answer(503, "", { "retry-after": "7" }), answer(200));
		const clock = fakeClock();
		const { signal } = new AbortController();
		const receivers = new Receivers(clock, signal);
		const shared = {
			connections: "single" as const,
			readCaFile: async () => ({ pem: "" }),
			receivers,
			people: NO_PEOPLE,
			signal,
			onBegin: () => {},
		};
		const ports = { http, clock, log: fakeLog(), env: ENV, random: () => 0 };
		await sendWebhook(signing(["NEW", "OLD"], { signatures: TOGETHER }), ports, shared, new Slots(1));
		const times = http.requests.map(({ headers, body = new Uint8Array() }) => {
			const now = new Date(Number(headers["webhook-timestamp"]) * 1000);
			for (const scheme of TOGETHER) {
				for (const secret of scheme === "standard" ? [SECRET, OTHER_SECRET] : [SECRET]) {
					expect(checkSignature({ body, headers, secret, scheme, now, toleranceSeconds: 0 })).toBe("valid");
				}
			}
			expect(headers["webhook-id"]).toBe("dlv_hook");
			return now.toISOString();
		});
		expect(times).toEqual(["2026-04-02T14:30:00.000Z", "2026-04-02T14:30:07.000Z"]);
	});

	it("has its signature in the header that it is renamed to, whatever the hook's own headers say", () => {
		const headers = new Map([["x-om-signature", parseReference("mine")]]);
		const hook = signing(["NEW"], { signatures: ["openmetadata"], signatureHeader: "X-OM-Signature", headers });
		const made = makeMessage(hook, ENV);
		if (!("url" in made)) throw new Error("no message");
		expect(made.sign(new Date())).toEqual({ "X-OM-Signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/) });
	});

	it("takes the place of any header by its name, also of one that the event brings", () => {
		const bringing = {
			...preset("generic"),
			render: () => ({ body: {}, cut: [], headers: { "x-rocky-SIGNATURE": "the event's" } }),
		};
		for (const own of [{}, { preset: bringing }]) {
			const headers = new Map([["x-Rocky-Signature", parseReference("mine")]]);
			const signed = makeMessage(signing(["NEW"], { headers, ...own }), ENV);
			if (!("url" in signed)) throw new Error("no message");
			expect(Object.keys(signed.headers).filter((name) => /signature/i.test(name))).toEqual([]);
			const unsigned = makeMessage(signing([], { headers, ...own }), ENV);
			if (!("url" in unsigned)) throw new Error("no message");
			expect(unsigned.headers["x-Rocky-Signature"]).toBe("mine");
		}
	});

	it("of a request without a body signs nothing at all as the body", () => {
		const made = makeMessage(signing(["NEW"], { method: "GET", signatures: ["standard"] }), ENV);
		if (!("url" in made)) throw new Error("no message");
		const [now, headers] = [new Date(), made.sign(new Date())];
		expect(checkSignature({ body: "", headers, secret: SECRET, scheme: "standard", now })).toBe("valid");
	});
});

describe("a secret from a variable that its scheme cannot use", () => {
	const STANDARD = "secret is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes";

	it.each([
		["standard", ["PLAIN"], STANDARD],
		["standard", ["NEW", "PLAIN"], STANDARD],
		[
			"token",
			["UMLAUT"],
			"secret has a character that is not allowed in headers, and the scheme token sends it as one",
		],
	] as const)("fails the hook under %s, and no value is named", (scheme, variables, reason) => {
		const made = makeMessage(signing(variables, { signatures: ["rocky", scheme] }), { ...ENV, UMLAUT: "hunter2 ✓" });
		expect(made).toMatchObject({ cause: "invalid_message", reason });
	});

	it("is no matter where it does not sign", () => {
		expect(makeMessage(signing(["NEW", "PLAIN"], { signatures: ["rocky", "token"] }), ENV)).not.toHaveProperty("cause");
		expect(makeMessage(signing([], { signatures: ["standard"] }), ENV)).not.toHaveProperty("cause");
	});

	it("is said where the message is only shown", () => {
		const post = signing(["PLAIN"], { signatures: ["standard"] });
		expect(preview(post, ENV)).toMatchObject({ kind: "problem", reason: STANDARD });
		expect(previewAnywhere(post, ENV)).toMatchObject({ kind: "problem", reason: STANDARD });
	});
});

describe("a message that is only shown", () => {
	const made = "(made when sent)";

	it("has the headers of its signatures, with the id and without the rest", () => {
		const shown = preview(signing(["NEW"], { signatures: ["standard", "token"] }), ENV);
		expect(shown).toMatchObject({
			headers: {
				"webhook-id": "dlv_hook",
				"webhook-timestamp": made,
				"webhook-signature": made,
				"X-Secret-Token": made,
			},
		});
	});

	it("has them also where the secret is unset", () => {
		const shown = previewAnywhere(signing(["NEW", "GONE"], { signatures: ["standard"] }), { NEW: SECRET });
		expect(shown).toMatchObject({
			kind: "webhook",
			headers: { "webhook-signature": made },
			placeholders: ["GONE"],
		});
	});
});
