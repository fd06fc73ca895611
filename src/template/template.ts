// The template language of `body_template`: Mustache with `{{#if}}`, JSON values and escaping by content type.

export { BodyNotJson, parseJsonBody } from "./body.ts";
export { BodyError } from "./body-error.ts";
export { compileTemplate } from "./compile.ts";
export { escapingFor } from "./escape.ts";
export { BodyTooLarge, type RenderOptions, renderTemplate } from "./render.ts";
export { TemplateError } from "./source.ts";
