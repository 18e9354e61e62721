// Elements without a template language: text is always text, so no name can become markup.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const byId = (id) => document.getElementById(id);

// "Matrix, The (1999)" is how some catalogs sort; people say "The Matrix".
export function spoken(name) {
  const plain = name.replace(/\s*\(\d{4}\)\s*$/, "");
  return plain.replace(/^(.*), (The|A|An|Les?|La|Das|Der|Die|El|Il)$/i, "$2 $1");
}
