// A list whose rows live as long as what they show, so that focus and a half-pressed button survive
// every update. Used by the console's lists.

/** Keeps one row per key, in the order given; `make(item)` and `update(row, item)` draw. */
export class Rows {
  #list;
  #rows = new Map();
  #make;
  #update;

  constructor(list, make, update) {
    this.#list = list;
    this.#make = make;
    this.#update = update;
  }

  draw(items) {
    const wanted = new Set(items.map((item) => item.id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    items.forEach((item, index) => {
      let row = this.#rows.get(item.id);
      if (!row) {
        row = this.#make(item);
        this.#rows.set(item.id, row);
      }
      const there = this.#list.children[index] ?? null;
      if (there !== row) this.#list.insertBefore(row, there);
      this.#update(row, item);
    });
  }
}
