/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What jobs built and what is there still: in a place until the next build
 * there, or in the cache, where the farm holds its entry.  The end of each such
 * build stays in the folder, as TOKEN.built, for the next engine.
 */

#include "run/farm_inside.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/cache.h"
#include "run/ticket.h"

struct product *farm_product(const struct farm *farm, int place,
			     const char *commit)
{
	for (size_t i = 0; i < farm->product_count; i++)
		if (farm->products[i].place == place &&
		    str_equal(farm->products[i].commit, commit))
			return &farm->products[i];
	return NULL;
}

static void drop(struct farm *farm, size_t which, bool for_good)
{
	struct product *product = &farm->products[which];

	if (for_good)
		unlink(product->file);
	cache_entry_release(product->entry);
	free(product->commit);
	free(product->image);
	free(product->file);
	*product = farm->products[--farm->product_count];
}

void farm_build_over(struct farm *farm, int place, const char *commit)
{
	for (size_t i = farm->product_count; i-- > 0;) {
		const struct product *product = &farm->products[i];

		if (product->place == place &&
		    (!product->kept || str_equal(product->commit, commit)))
			drop(farm, i, true);
	}
}

void farm_release_products(struct farm *farm)
{
	while (farm->product_count)
		drop(farm, farm->product_count - 1, false);
	free(farm->products);
}

/* What is kept is held here, or somebody's next kernel may push it out. */
static bool hold(const struct farm *farm, struct product *product)
{
	if (!product->kept)
		return true;
	if (farm->spec.cache && product->image)
		cache_hold(farm->spec.cache, product->image, &product->entry,
			   NULL);
	/* in a cache that is not ours it is believed to stay */
	return product->image && access(product->image, R_OK) == 0;
}

void farm_add_product(struct farm *farm, const struct ticket_end *end,
		      const char *commit, int place, char *file)
{
	struct product product = {
		.commit = xstrdup(commit),
		.image = xstrdup_null(end->image),
		.file = file,
		.place = place,
		.kept = end->kept,
	};

	array_grow(farm->products, farm->product_count + 1,
		   &farm->product_room);
	farm->products[farm->product_count++] = product;
	if (!hold(farm, &farm->products[farm->product_count - 1]))
		drop(farm, farm->product_count - 1, true);
}

void farm_find_product(struct farm *farm, const char *token)
{
	char *path = ticket_path(farm->spec.folder, token, "built");
	struct ticket_end end;

	if (ticket_end_read(&end, io_text(path, 0), NULL) == 0 && end.build &&
	    end.built.result == BUILD_OK && end.place >= 0 &&
	    end.place < farm->spec.place_count) {
		farm_build_over(farm, end.place, end.commit);
		farm_add_product(farm, &end, end.commit, end.place, path);
	} else {
		unlink(path);
		free(path);
	}
	ticket_end_release(&end);
}
