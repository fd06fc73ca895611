// What is imported from OpenMetadata and exported again is the same webhook.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenMetadataWebhook } from "../../../../src/commands/export/model.ts";
import { webhookOf } from "../../../../src/commands/export/webhook.ts";
import { vocabulary } from "../../../../src/model/catalog.ts";
import { importedHook } from "../../../helpers/moved.ts";
import { USE_CASES } from "../../../helpers/openmetadata-webhooks.ts";

function roundTrip(webhook: object): OpenMetadataWebhook {
	const { hook, config } = importedHook(webhook);
	return webhookOf(hook, { repository: "a/b", file: config.file, vocabulary: vocabulary(config.events) }, () => {});
}

/** What a webhook says of itself, each secret by its variable. */
function essence(webhook: object) {
	const { owner, domain, tags, webhookConfig, ...rest }: Record<string, unknown> = JSON.parse(JSON.stringify(webhook));
	const named = (value: unknown) => (value instanceof Object && "name" in value ? { ...value, id: undefined } : value);
	const tagged = (tag: object) => ("tagFQN" in tag ? tag.tagFQN : undefined);
	const config = { ...(webhookConfig instanceof Object ? webhookConfig : {}), endpoint: undefined };
	return {
		...rest,
		owner: named(owner),
		domain: named(domain),
		tags: Array.isArray(tags) ? tags.map(tagged) : undefined,
		webhookConfig: config,
	};
}

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ._-]{0,20}[A-Za-z0-9]$/);
const fields = fc.constantFrom(
	"tags",
	"owner",
	"description",
	"domain:Sales",
	"owners.name:ann",
	"costCenter:42",
	"a.b:c*",
);
const list = (items: fc.Arbitrary<string>) => fc.uniqueArray(items, { minLength: 1, maxLength: 3 });
const filter = fc.record(
	{
		eventType: fc.constantFrom("entityCreated", "entityUpdated", "entitySoftDeleted", "entityDeleted"),
		entities: list(fc.constantFrom("table", "dashboard", "*", "pipeline")),
		include: list(fields),
		exclude: list(fields),
	},
	{ requiredKeys: ["eventType"] },
);
const webhooks = fc.record(
	{
		name: word.filter((name) => !name.includes("  ")),
		displayName: word.filter((name) => !name.includes("  ")),
		description: word,
		webhookType: fc.constantFrom("Generic", "Slack", "MSTeams", "GoogleChat", "Custom"),
		enabled: fc.boolean(),
		batchSize: fc.integer({ min: 1, max: 1000 }),
		eventFilters: fc.uniqueArray(filter, { minLength: 1, maxLength: 5, selector: (one) => JSON.stringify(one) }),
		webhookConfig: fc.record({
			endpoint: fc.constantFrom("https://receiver.example.com/events", "https://hooks.slack.com/services/T0/B0/X"),
			sendToOwners: fc.constantFrom(true, undefined),
			sendToFollowers: fc.constantFrom(true, undefined),
			sendToAdmins: fc.constantFrom(true, undefined),
			headers: fc.dictionary(fc.constantFrom("X-A", "X-Team", "Accept"), fc.constantFrom("a", "data", "text/plain"), {
				minKeys: 1,
				maxKeys: 2,
			}),
			timeout: fc.integer({ min: 1, max: 600 }),
		}),
		owner: fc.record({ type: fc.constantFrom("team", "user"), name: word.filter((name) => !name.includes("  ")) }),
		tags: fc
			.uniqueArray(
				word.filter((name) => !name.includes("  ")),
				{ minLength: 1, maxLength: 3 },
			)
			.map((names) => names.map((tagFQN) => ({ tagFQN }))),
		domain: fc.record({ type: fc.constant("domain"), name: word.filter((name) => !name.includes("  ")) }),
	},
	{ requiredKeys: ["name", "webhookType", "enabled", "batchSize", "eventFilters", "webhookConfig"] },
);

describe("name, type, filters, headers, timeout, batch size, owner, tags and domain are the same", () => {
	it("of any webhook", () => {
		fc.assert(
			fc.property(webhooks, (webhook) => {
				const { id: _, fullyQualifiedName: __, status, ...exported } = roundTrip(webhook);
				expect(essence(exported)).toEqual(essence(webhook));
				expect(status).toBe(webhook.enabled ? "active" : "disabled");
			}),
		);
	});

	it.each(USE_CASES.map((webhook) => [webhook.name, webhook] as const))("of the use case %s", (_, webhook) => {
		const exported = roundTrip(webhook);
		const { headers, secretKey } = exported.webhookConfig;
		const secrets = { Authorization: expect.stringMatching(/^(?:Token token=|Bearer )\$\{[A-Z_]+\}$/) };
		const given = "headers" in webhook.webhookConfig ? webhook.webhookConfig.headers : undefined;
		expect(headers).toEqual(given && { ...given, ...("Authorization" in given ? secrets : {}) });
		for (const key of ["sendToOwners", "sendToFollowers"] as const) {
			const wanted = key in webhook.webhookConfig ? true : undefined;
			expect(exported.webhookConfig[key]).toBe(wanted);
		}
		expect(secretKey).toEqual("secretKey" in webhook.webhookConfig ? "${CUSTOM_APP_INTEGRATION_SECRET}" : undefined);
		const plain = (one: object) => ({ ...essence(one), webhookConfig: undefined });
		const { id: _id, fullyQualifiedName: _name, status: _status, ...rest } = exported;
		expect(plain(rest)).toEqual(plain(webhook));
		expect(exported.webhookConfig.timeout).toBe(webhook.webhookConfig.timeout);
	});

	it("of what was exported: importing it again gives the same export", () => {
		fc.assert(
			fc.property(webhooks, (webhook) => {
				const once = roundTrip(webhook);
				expect(roundTrip(once)).toEqual(once);
			}),
			{ numRuns: 50 },
		);
	});
});
