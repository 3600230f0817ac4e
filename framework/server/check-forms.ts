import { Report } from '../catalog/report.js';
import type { PerduraError } from '../errors.js';
import type { SchemaSource } from '../metadata/schema-source.js';
import { formSchema } from '../schema/form-schema.js';

/** What is wrong with the forms that handlers will ask by, which nothing else tells before they do. */
export function wrongForms(forms: readonly SchemaSource[] = []): readonly PerduraError[] {
  const report = new Report();
  for (const [index, form] of forms.entries()) {
    const place = typeof form === 'function' && form.name ? form.name : `Item #${index} of createApp({ forms })`;
    report.attempt(place, () => formSchema(form));
  }
  return report.mistakes;
}
