/** Pictures with captions, drawn without any font of the machine. */
package io.stillstream.local.picture;
