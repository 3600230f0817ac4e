/** The same function, which works out what it gives for an object once, and keeps it for as long as there is that object. */
export function onceEach<K extends object, V>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    let value = known.get(of);
    if (value === undefined) known.set(of, (value = work(of)));
    return value;
  };
}
