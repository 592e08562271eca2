// Room for the layer.
namespace comptoir {}
