import { Injectable, Resource } from 'perdura';
import { PNG } from './media.js';

@Injectable()
export class Resources {
  @Resource({ name: 'static-text', uri: 'test://static-text', description: 'Text.', mimeType: 'text/plain' })
  text(): string {
    return 'This is the content of the static text resource.';
  }

  @Resource({ name: 'static-binary', uri: 'test://static-binary', description: 'An image.', mimeType: 'image/png' })
  binary(): Uint8Array {
    return Buffer.from(PNG, 'base64');
  }

  @Resource({ name: 'watched', uri: 'test://watched-resource', description: 'Can be watched.', mimeType: 'text/plain' })
  watched(): string {
    return 'Watched resource content';
  }

  @Resource({
    name: 'template',
    uriTemplate: 'test://template/{id}/data',
    description: 'A resource for every id.',
    mimeType: 'application/json',
  })
  template({ id }: { readonly id: string }) {
    return { id, templateTest: true, data: `Data for ID: ${id}` };
  }
}
