print("paasd")
