print("paas-dyno")
